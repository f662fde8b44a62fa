SELECT a.n,
       coalesce(CASE WHEN a.event_id IS NULL THEN p.processed_at = a.recorded_at ELSE v.event_id = a.event_id END, false),
       coalesce(e.entity_version, 0), coalesce(e.deleted, false), p.message_id IS NOT NULL
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
       WITH ORDINALITY
       AS a (entity_type, entity_id, entity_version, event_id, consumer, message_id, recorded_at, n)
  LEFT JOIN LATERAL (
    SELECT event_id
      FROM {prefix}events v
     WHERE v.entity_type = a.entity_type AND v.entity_id = a.entity_id AND v.entity_version = a.entity_version
     LIMIT 1) v ON true
  LEFT JOIN LATERAL (
    SELECT entity_version, deleted
      FROM {prefix}entities e
     WHERE e.entity_type = a.entity_type AND e.entity_id = a.entity_id
     LIMIT 1) e ON true
  LEFT JOIN LATERAL (
    SELECT message_id, processed_at
      FROM {prefix}processed_messages p
     WHERE p.entity_type = a.entity_type AND p.entity_id = a.entity_id
       AND p.consumer = a.consumer AND p.message_id = a.message_id
     LIMIT 1) p ON true
 ORDER BY a.n
