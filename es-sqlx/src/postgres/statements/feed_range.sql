SELECT seq, entity_type, entity_id, entity_version, event_id, event_type, schema_version, event_data, triggering_event,
       metadata, created_at
  FROM {prefix}events
 WHERE seq BETWEEN $1 AND $2 AND left(event_type, 1) <> '$'
   AND ($3::text[] IS NULL OR (entity_type, event_type) IN (SELECT * FROM unnest($3::text[], $4::text[])))
 ORDER BY seq
