      INSERT INTO {prefix}unsequenced (seq, commit_id, events)
      SELECT LAST_INSERT_ID(), LAST_INSERT_ID(), {events}
        FROM {prefix}events FORCE INDEX (PRIMARY)
       WHERE entity_type = ? AND entity_id = ? AND entity_version = ? AND seq = LAST_INSERT_ID() + {events} - 1;
      IF ROW_COUNT() = 0 THEN
        SET @es_first = LAST_INSERT_ID(), @es_commit = LAST_INSERT_ID(), @es_writer = ?;
{runs};
      END IF;
