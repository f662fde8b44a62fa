SELECT CAST(IFNULL(MAX(entity_version), 0) AS UNSIGNED) AS entity_version,
       CAST(IFNULL(MAX(deleted), 0) + 2 * EXISTS (
              SELECT 1 FROM {prefix}processed_messages
               WHERE entity_type = ? AND entity_id = ? AND consumer = ? AND message_id = ?) AS UNSIGNED) AS schema_version,
       NULL AS event_id, NULL AS event_type, NULL AS event_data, NULL AS triggering_event, NULL AS metadata,
       NULL AS created_at
  FROM {prefix}entities
 WHERE entity_type = ? AND entity_id = ?
UNION ALL
(SELECT entity_version, schema_version, event_id, event_type, event_data, triggering_event, metadata, created_at
   FROM {prefix}events FORCE INDEX (PRIMARY)
  WHERE entity_type = ? AND entity_id = ? AND entity_version BETWEEN ? AND ?
  ORDER BY entity_version
  LIMIT ?)
