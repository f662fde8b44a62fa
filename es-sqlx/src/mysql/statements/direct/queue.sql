      INSERT INTO {prefix}unsequenced (seq, commit_id)
      SELECT seq, LAST_INSERT_ID()
        FROM {prefix}events FORCE INDEX (PRIMARY)
       WHERE {rows};
