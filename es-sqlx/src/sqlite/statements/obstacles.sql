WITH append (n, entity_type, entity_id, consumer, message_id) AS MATERIALIZED (
  SELECT key,
         CAST(substr(?2, value->>4, value->>5) AS TEXT),
         CAST(substr(?2, value->>6, value->>7) AS TEXT),
         CAST(substr(?2, value->>8, value->>9) AS TEXT),
         CAST(substr(?2, value->>10, value->>11) AS TEXT)
    FROM json_each(?1))
SELECT a.n, ifnull(e.entity_version, 0), ifnull(e.deleted, 0), p.message_id IS NOT NULL
  FROM append a
  LEFT JOIN {prefix}entities e ON e.entity_type = a.entity_type AND e.entity_id = a.entity_id
  LEFT JOIN {prefix}processed_messages p ON p.entity_type = a.entity_type AND p.entity_id = a.entity_id
                                        AND p.consumer = a.consumer AND p.message_id = a.message_id
