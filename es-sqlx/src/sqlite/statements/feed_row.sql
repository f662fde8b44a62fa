SELECT entity_version, event_id, event_type, schema_version, event_data, triggering_event, metadata, created_at,
       entity_type, entity_id
  FROM {prefix}events
 WHERE position = ?1
