UPDATE JSON_TABLE(@es_appends, '$[*]' COLUMNS (
         entity_type VARCHAR(202)    PATH '$[1]',
         entity_id   VARCHAR(512)    PATH '$[2]',
         expected    BIGINT UNSIGNED PATH '$[3]',
         added       BIGINT UNSIGNED PATH '$[4]',
         deletes     TINYINT         PATH '$[5]',
         consumer    VARCHAR(512)    PATH '$[6]',
         message_id  VARCHAR(512)    PATH '$[7]')) a
       STRAIGHT_JOIN {prefix}entities e FORCE INDEX (PRIMARY)
          ON e.entity_type = UNHEX(a.entity_type) AND e.entity_id = UNHEX(a.entity_id)
       LEFT JOIN {prefix}processed_messages p
          ON p.entity_type = UNHEX(a.entity_type) AND p.entity_id = UNHEX(a.entity_id)
         AND p.consumer = UNHEX(a.consumer) AND p.message_id = UNHEX(a.message_id)
   SET e.entity_version = a.expected + a.added,
       e.deleted = a.deletes AND a.expected + a.added > 0,
       e.writer = @es_writer
 WHERE e.entity_version = a.expected AND e.deleted = 0 AND p.message_id IS NULL
