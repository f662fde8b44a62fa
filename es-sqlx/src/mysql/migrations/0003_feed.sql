-- Events that have no position yet. `commit_id` is the same for all that are committed together.
CREATE TABLE IF NOT EXISTS {prefix}unsequenced (
  seq       BIGINT UNSIGNED NOT NULL,
  commit_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (seq),
  KEY commit_id (commit_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- The order of all events, which is given to them after their commit.
CREATE TABLE IF NOT EXISTS {prefix}positions (
  position BIGINT UNSIGNED NOT NULL,
  seq      BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (position),
  UNIQUE KEY seq (seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- One row: the last position that was given. Whoever has it locked gives positions.
CREATE TABLE IF NOT EXISTS {prefix}sequencer (
  id       TINYINT UNSIGNED NOT NULL,
  position BIGINT UNSIGNED  NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

INSERT IGNORE INTO {prefix}sequencer (id, position) VALUES (1, 0);

-- Of events from before, nobody knows any more which were committed together.
INSERT IGNORE INTO {prefix}unsequenced (seq, commit_id)
SELECT e.seq, e.seq
  FROM {prefix}events e
  LEFT JOIN {prefix}positions p ON p.seq = e.seq
 WHERE p.seq IS NULL;
