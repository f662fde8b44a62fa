SELECT seq, entity_id, entity_version, event_id, CASE WHEN cardinality($4) > 1 THEN event_type END, schema_version,
       event_data, triggering_event, metadata, created_at
  FROM (SELECT * FROM {prefix}events WHERE seq >= $1 ORDER BY seq LIMIT $2 - $1 + 1) e
 WHERE seq <= $2 AND entity_type = $3 AND event_type = ANY ($4)
 ORDER BY seq
