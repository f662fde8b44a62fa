INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
SELECT e.entity_type, e.entity_id, UNHEX(a.consumer), UNHEX(a.message_id), a.recorded_at
  FROM JSON_TABLE(@es_appends, '$[*]' COLUMNS (
         entity_type VARCHAR(202) PATH '$[1]',
         entity_id   VARCHAR(512) PATH '$[2]',
         consumer    VARCHAR(512) PATH '$[6]',
         message_id  VARCHAR(512) PATH '$[7]',
         recorded_at VARCHAR(40)  PATH '$[8]')) a
  STRAIGHT_JOIN {prefix}entities e FORCE INDEX (PRIMARY)
     ON e.entity_type = UNHEX(a.entity_type) AND e.entity_id = UNHEX(a.entity_id) AND e.writer = @es_writer
 WHERE a.message_id IS NOT NULL
