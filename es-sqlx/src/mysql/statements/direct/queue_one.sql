      INSERT INTO {prefix}unsequenced (seq, commit_id) VALUES (LAST_INSERT_ID(), LAST_INSERT_ID());
