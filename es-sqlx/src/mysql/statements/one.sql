BEGIN NOT ATOMIC
  DECLARE new_writer BINARY(16) DEFAULT ?;
  DECLARE type VARBINARY(100) DEFAULT ?;
  DECLARE id VARBINARY(255) DEFAULT ?;
  DECLARE expected BIGINT UNSIGNED DEFAULT ?;
  DECLARE deletes TINYINT DEFAULT ?;
  DECLARE new_consumer VARBINARY(255) DEFAULT ?;
  DECLARE new_message VARBINARY(255) DEFAULT ?;
  DECLARE recorded_at DATETIME(6) DEFAULT ?;
  DECLARE new_metadata LONGBLOB DEFAULT ?;
  DECLARE new_event BINARY(16) DEFAULT ?;
  DECLARE new_type VARBINARY(255) DEFAULT ?;
  DECLARE new_schema INT UNSIGNED DEFAULT ?;
  DECLARE new_data LONGBLOB DEFAULT ?;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  START TRANSACTION;

  IF expected = 0 THEN
    INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted, writer)
    SELECT type, id, 1, deletes, new_writer
      FROM (SELECT 1) o
      LEFT JOIN {prefix}processed_messages p
             ON p.entity_type = type AND p.entity_id = id
            AND p.consumer = new_consumer AND p.message_id = new_message
     WHERE p.message_id IS NULL
        ON DUPLICATE KEY UPDATE entity_version = {prefix}entities.entity_version;
  ELSE
    UPDATE {prefix}entities e
      LEFT JOIN {prefix}processed_messages p
             ON p.entity_type = type AND p.entity_id = id
            AND p.consumer = new_consumer AND p.message_id = new_message
       SET e.entity_version = expected + 1, e.deleted = deletes, e.writer = new_writer
     WHERE e.entity_type = type AND e.entity_id = id AND e.entity_version = expected AND e.deleted = 0
       AND p.message_id IS NULL;
  END IF;

  IF new_message IS NOT NULL THEN
    INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
    SELECT type, id, new_consumer, new_message, recorded_at
      FROM {prefix}entities
     WHERE entity_type = type AND entity_id = id AND writer = new_writer;
  END IF;

  INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id,
                              entity_version, triggering_event, metadata, created_at)
  SELECT new_event, new_type, new_schema, CONVERT(new_data USING utf8mb4), type, id,
         expected + 1, new_message, CONVERT(new_metadata USING utf8mb4), recorded_at
    FROM {prefix}entities
   WHERE entity_type = type AND entity_id = id AND writer = new_writer;

  IF ROW_COUNT() = 0 THEN
    SELECT CAST(0 AS UNSIGNED), CAST(IFNULL(e.entity_version, 0) AS UNSIGNED), CAST(IFNULL(e.deleted, 0) AS UNSIGNED),
           CAST(p.message_id IS NOT NULL AS UNSIGNED), CAST(m.event_id IS NOT NULL AS UNSIGNED)
      FROM (SELECT 1) o
      LEFT JOIN {prefix}entities e
             ON e.entity_type = type AND e.entity_id = id
      LEFT JOIN {prefix}processed_messages p
             ON p.entity_type = type AND p.entity_id = id
            AND p.consumer = new_consumer AND p.message_id = new_message
      LEFT JOIN {prefix}events m
             ON m.entity_type = type AND m.entity_id = id
            AND m.entity_version = expected + 1 AND m.event_id = new_event;
  ELSE
    INSERT INTO {prefix}unsequenced (seq, commit_id) VALUES (LAST_INSERT_ID(), UUID_SHORT());
  END IF;

  COMMIT;
END
