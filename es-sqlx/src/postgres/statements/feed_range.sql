SELECT seq, entity_id, entity_version, event_id, event_type, schema_version, event_data, triggering_event, metadata,
       created_at, entity_type
  FROM (SELECT * FROM {prefix}events WHERE seq >= $1 ORDER BY seq LIMIT $2 - $1 + 1) e
 WHERE seq <= $2 AND left(event_type, 1) <> '$'
   AND ($3::text[] IS NULL OR (entity_type, event_type) IN (SELECT * FROM unnest($3::text[], $4::text[])))
 ORDER BY seq
