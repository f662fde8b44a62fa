SELECT a.n, CAST(IFNULL(e.entity_version, 0) AS UNSIGNED), CAST(IFNULL(e.deleted, 0) AS UNSIGNED),
       CAST(p.message_id IS NOT NULL AS UNSIGNED), CAST(m.event_id IS NOT NULL AS UNSIGNED)
  FROM JSON_TABLE(@es_appends, '$[*]' COLUMNS (
         n           BIGINT UNSIGNED PATH '$[0]',
         entity_type VARCHAR(202)    PATH '$[1]',
         entity_id   VARCHAR(512)    PATH '$[2]',
         expected    BIGINT UNSIGNED PATH '$[3]',
         consumer    VARCHAR(512)    PATH '$[6]',
         message_id  VARCHAR(512)    PATH '$[7]',
         event_id    CHAR(32)        PATH '$[9]')) a
  LEFT JOIN {prefix}entities e
         ON e.entity_type = UNHEX(a.entity_type) AND e.entity_id = UNHEX(a.entity_id)
  LEFT JOIN {prefix}processed_messages p
         ON p.entity_type = UNHEX(a.entity_type) AND p.entity_id = UNHEX(a.entity_id)
        AND p.consumer = UNHEX(a.consumer) AND p.message_id = UNHEX(a.message_id)
  LEFT JOIN {prefix}events m
         ON m.entity_type = UNHEX(a.entity_type) AND m.entity_id = UNHEX(a.entity_id)
        AND m.entity_version = a.expected + 1 AND m.event_id = UNHEX(a.event_id)
 WHERE e.writer IS NULL OR e.writer <> @es_writer
