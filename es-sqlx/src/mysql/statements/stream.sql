SELECT h.entity_version, h.deleted, e.entity_version, e.schema_version, e.event_id, e.event_type, e.event_data,
       e.triggering_event, e.metadata, e.created_at
  FROM {prefix}entities h
  STRAIGHT_JOIN {prefix}events e FORCE INDEX (PRIMARY)
 WHERE h.entity_type = ? AND h.entity_id = ?
   AND e.entity_type = ? AND e.entity_id = ? AND e.entity_version BETWEEN ? AND ?
 ORDER BY e.entity_version
