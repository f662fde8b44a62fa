SELECT seq, entity_id, entity_version, event_id, CASE WHEN cardinality($3) > 1 THEN event_type END, schema_version,
       event_data, triggering_event, metadata, created_at
  FROM {prefix}events
 WHERE seq = ANY ($1) AND (entity_type = $2) IS TRUE AND event_type = ANY ($3)
 ORDER BY seq
