INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id,
                            entity_version, triggering_event, metadata, created_at)
SELECT UNHEX(a.event_id), UNHEX(a.event_type), a.schema_version, CONVERT(FROM_BASE64(a.data) USING utf8mb4),
       e.entity_type, e.entity_id, a.before_first + a.place, UNHEX(a.message_id),
       CONVERT(FROM_BASE64(a.metadata) USING utf8mb4), a.recorded_at
  FROM JSON_TABLE(@es_events, '$[*]' COLUMNS (
         entity_type  VARCHAR(202)    PATH '$[0]',
         entity_id    VARCHAR(512)    PATH '$[1]',
         before_first BIGINT UNSIGNED PATH '$[2]',
         message_id   VARCHAR(512)    PATH '$[3]',
         recorded_at  VARCHAR(40)     PATH '$[4]',
         metadata     LONGTEXT        PATH '$[5]',
         NESTED PATH '$[6][*]' COLUMNS (
           place          FOR ORDINALITY,
           event_id       CHAR(32)     PATH '$[0]',
           event_type     VARCHAR(512) PATH '$[1]',
           schema_version INT UNSIGNED PATH '$[2]',
           data           LONGTEXT     PATH '$[3]'))) a
  STRAIGHT_JOIN {prefix}entities e FORCE INDEX (PRIMARY)
     ON e.entity_type = UNHEX(a.entity_type) AND e.entity_id = UNHEX(a.entity_id) AND e.writer = @es_writer
