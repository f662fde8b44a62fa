SELECT seq, entity_type, entity_id, entity_version, schema_version, event_id, event_type, event_data, triggering_event,
       metadata, created_at
  FROM {prefix}events FORCE INDEX (seq)
 WHERE seq BETWEEN ? AND ? AND LEFT(event_type, 1) <> '$'
   AND (? IS NULL OR LOCATE(CONCAT(' ', HEX(entity_type), ':', HEX(event_type), ' '), ?) > 0)
 ORDER BY seq
