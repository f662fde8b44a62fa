      INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id,
                                  entity_version, triggering_event, metadata, created_at)
      VALUES {rows};
