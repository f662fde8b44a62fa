SELECT entity_version, event_id, event_type, schema_version, event_data, triggering_event, metadata, created_at
  FROM {prefix}events
 WHERE entity_type = ?1 AND entity_id = ?2 AND entity_version BETWEEN ?3 AND ?4
 ORDER BY entity_version
