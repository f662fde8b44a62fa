WITH append (n, entity_type, entity_id, consumer, message_id) AS MATERIALIZED (
  SELECT key,
         CAST(substr(?2, CAST(substr(?2, value + 80, 20) AS INTEGER), CAST(substr(?2, value + 100, 20) AS INTEGER)) AS TEXT),
         CAST(substr(?2, CAST(substr(?2, value + 120, 20) AS INTEGER), CAST(substr(?2, value + 140, 20) AS INTEGER)) AS TEXT),
         CAST(substr(?2, nullif(CAST(substr(?2, value + 160, 20) AS INTEGER), 0), CAST(substr(?2, value + 180, 20) AS INTEGER)) AS TEXT),
         CAST(substr(?2, nullif(CAST(substr(?2, value + 200, 20) AS INTEGER), 0), CAST(substr(?2, value + 220, 20) AS INTEGER)) AS TEXT)
    FROM json_each(?1))
SELECT a.n, ifnull(e.entity_version, 0), ifnull(e.deleted, 0), p.message_id IS NOT NULL
  FROM append a
  LEFT JOIN {prefix}entities e ON e.entity_type = a.entity_type AND e.entity_id = a.entity_id
  LEFT JOIN {prefix}processed_messages p ON p.entity_type = a.entity_type AND p.entity_id = a.entity_id
                                        AND p.consumer = a.consumer AND p.message_id = a.message_id
