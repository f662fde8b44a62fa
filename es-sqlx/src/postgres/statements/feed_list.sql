SELECT seq, entity_id, entity_version, event_id, event_type, schema_version, event_data, triggering_event, metadata,
       created_at, entity_type
  FROM {prefix}events
 WHERE seq = ANY ($1) AND left(event_type, 1) <> '$'
   AND ($2::text[] IS NULL OR (entity_type, event_type) IN (SELECT * FROM unnest($2::text[], $3::text[])))
 ORDER BY seq
