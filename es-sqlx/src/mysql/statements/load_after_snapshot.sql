SELECT CAST(IFNULL(MAX(entity_version), 0) AS UNSIGNED) AS entity_version,
       CAST(IFNULL(MAX(deleted), 0) + 2 * EXISTS (
              SELECT 1 FROM {prefix}processed_messages
               WHERE entity_type = ? AND entity_id = ? AND consumer = ? AND message_id = ?)
            + 4 * EXISTS (
              SELECT 1 FROM {prefix}snapshots
               WHERE entity_type = ? AND entity_id = ? AND snapshot_shape <> ?) AS UNSIGNED) AS schema_version,
       NULL AS event_id, NULL AS event_type, NULL AS event_data, NULL AS triggering_event, NULL AS metadata,
       NULL AS created_at
  FROM {prefix}entities
 WHERE entity_type = ? AND entity_id = ?
UNION ALL
(SELECT s.entity_version, CAST(IFNULL(e.event_id = s.event_id, 0) AS UNSIGNED), NULL, s.snapshot_shape,
        s.snapshot_json, NULL, NULL, NULL
   FROM {prefix}snapshots s
   LEFT JOIN {prefix}events e FORCE INDEX (PRIMARY)
     ON e.entity_type = s.entity_type AND e.entity_id = s.entity_id AND e.entity_version = s.entity_version
  WHERE s.entity_type = ? AND s.entity_id = ? AND s.snapshot_shape = ? AND s.entity_version BETWEEN ? AND ?
  ORDER BY s.entity_version DESC
  LIMIT 1)
UNION ALL
(SELECT entity_version, schema_version, event_id, event_type, event_data, triggering_event, metadata, created_at
   FROM {prefix}events FORCE INDEX (PRIMARY)
  WHERE entity_type = ? AND entity_id = ?
    AND entity_version BETWEEN IFNULL((SELECT MAX(s.entity_version) + 1
                                         FROM {prefix}snapshots s
                                        WHERE s.entity_type = ? AND s.entity_id = ? AND s.snapshot_shape = ?
                                          AND s.entity_version BETWEEN ? AND ?), ?) AND ?
  ORDER BY entity_version
  LIMIT ?)
