SELECT a.n, coalesce(e.entity_version, 0), coalesce(e.deleted, false), p.message_id IS NOT NULL
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
       AS a (entity_type, entity_id, consumer, message_id, n)
  LEFT JOIN LATERAL (
    SELECT entity_version, deleted
      FROM {prefix}entities e
     WHERE e.entity_type = a.entity_type AND e.entity_id = a.entity_id
     LIMIT 1) e ON true
  LEFT JOIN LATERAL (
    SELECT message_id
      FROM {prefix}processed_messages p
     WHERE p.entity_type = a.entity_type AND p.entity_id = a.entity_id
       AND p.consumer = a.consumer AND p.message_id = a.message_id
     LIMIT 1) p ON true
 ORDER BY a.n
