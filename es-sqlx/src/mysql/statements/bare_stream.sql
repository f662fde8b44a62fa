SELECT 2 * h.entity_version + h.deleted, e.schema_version, e.event_type, e.event_data
  FROM {prefix}entities h
  STRAIGHT_JOIN {prefix}events e FORCE INDEX (PRIMARY)
 WHERE h.entity_type = ? AND h.entity_id = ?
   AND e.entity_type = ? AND e.entity_id = ?
 ORDER BY e.entity_version
