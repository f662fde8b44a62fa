INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted, writer)
SELECT UNHEX(a.entity_type), UNHEX(a.entity_id), a.added, a.deletes AND a.added > 0, @es_writer
  FROM JSON_TABLE(@es_appends, '$[*]' COLUMNS (
         entity_type VARCHAR(202)    PATH '$[1]',
         entity_id   VARCHAR(512)    PATH '$[2]',
         expected    BIGINT UNSIGNED PATH '$[3]',
         added       BIGINT UNSIGNED PATH '$[4]',
         deletes     TINYINT         PATH '$[5]',
         consumer    VARCHAR(512)    PATH '$[6]',
         message_id  VARCHAR(512)    PATH '$[7]')) a
  LEFT JOIN {prefix}processed_messages p
         ON p.entity_type = UNHEX(a.entity_type) AND p.entity_id = UNHEX(a.entity_id)
        AND p.consumer = UNHEX(a.consumer) AND p.message_id = UNHEX(a.message_id)
 WHERE a.expected = 0 AND (a.added > 0 OR a.message_id IS NOT NULL) AND p.message_id IS NULL
    ON DUPLICATE KEY UPDATE entity_version = {prefix}entities.entity_version
