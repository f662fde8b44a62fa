WITH snapshot AS MATERIALIZED (
  SELECT s.entity_version, s.snapshot_shape, s.snapshot_json
    FROM {prefix}snapshots s
   WHERE s.entity_type = $1 AND s.entity_id = $2 AND s.snapshot_shape = $7 AND s.entity_version BETWEEN $3 AND $4
     AND s.event_id = (SELECT e.event_id
                         FROM {prefix}events e
                        WHERE e.entity_type = $1 AND e.entity_id = $2 AND e.entity_version = s.entity_version)
   ORDER BY s.entity_version DESC
   LIMIT 1)
SELECT coalesce(h.entity_version, 0), NULL::uuid, NULL,
       CASE WHEN h.deleted THEN 1 ELSE 0 END
         + CASE WHEN EXISTS (SELECT FROM {prefix}processed_messages
                              WHERE entity_type = $1 AND entity_id = $2 AND consumer = $5 AND message_id = $6)
                THEN 2 ELSE 0 END
         + CASE WHEN EXISTS (SELECT FROM {prefix}snapshots
                              WHERE entity_type = $1 AND entity_id = $2 AND snapshot_shape <> $7)
                THEN 4 ELSE 0 END,
       NULL, NULL, NULL, NULL::timestamptz
  FROM (SELECT) one
  LEFT JOIN {prefix}entities h ON h.entity_type = $1 AND h.entity_id = $2
 UNION ALL
SELECT entity_version, NULL, snapshot_shape, 0, snapshot_json, NULL, NULL, NULL
  FROM snapshot
 UNION ALL
(SELECT entity_version, event_id, event_type, schema_version, event_data, triggering_event, metadata, created_at
   FROM {prefix}events
  WHERE entity_type = $1 AND entity_id = $2
    AND entity_version BETWEEN coalesce((SELECT entity_version + 1 FROM snapshot), $3) AND $4
  ORDER BY entity_version)
