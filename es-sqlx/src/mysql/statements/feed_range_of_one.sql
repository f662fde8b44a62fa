SELECT seq, NULL, entity_id, entity_version, schema_version, event_id, IF(?, event_type, NULL), event_data,
       triggering_event, metadata, created_at
  FROM {prefix}events FORCE INDEX (seq)
 WHERE seq BETWEEN ? AND ? AND entity_type = ? AND event_type IN (?, ?, ?, ?, ?, ?, ?, ?)
 ORDER BY seq
