SELECT p.position, e.entity_type, e.entity_id, e.entity_version, e.schema_version, e.event_id, e.event_type, e.event_data,
       e.triggering_event, e.metadata, e.created_at
  FROM {prefix}positions p FORCE INDEX (PRIMARY)
  STRAIGHT_JOIN {prefix}events e FORCE INDEX (seq) ON e.seq = p.seq
 WHERE p.position > ? AND p.position <= ? AND LEFT(e.event_type, 1) <> '$'
   AND (? IS NULL OR LOCATE(CONCAT(' ', HEX(e.entity_type), ':', HEX(e.event_type), ' '), ?) > 0)
 ORDER BY p.position
 LIMIT ?
