SELECT h.entity_version,
       CAST(h.deleted + 2 * (p.message_id IS NOT NULL) + 4 * IFNULL((
         SELECT MIN(snapshot_shape) <> ? OR MAX(snapshot_shape) <> ?
           FROM {prefix}snapshots
          WHERE entity_type = ? AND entity_id = ?), 0) AS UNSIGNED),
       IF(e.entity_version = s.entity_version, e.event_id = s.event_id, NULL),
       IF(e.entity_version = s.entity_version, s.snapshot_json, NULL),
       e.entity_version, e.schema_version, e.event_id, e.event_type, e.event_data, e.triggering_event, e.metadata,
       e.created_at
  FROM {prefix}entities h
  LEFT JOIN {prefix}processed_messages p
    ON p.entity_type = ? AND p.entity_id = ? AND p.consumer = ? AND p.message_id = ?
  LEFT JOIN {prefix}snapshots s
    ON s.entity_type = ? AND s.entity_id = ? AND s.snapshot_shape = ? AND s.entity_version = (
         SELECT MAX(entity_version)
           FROM {prefix}snapshots
          WHERE entity_type = ? AND entity_id = ? AND snapshot_shape = ? AND entity_version BETWEEN ? AND ?)
  STRAIGHT_JOIN {prefix}events e FORCE INDEX (PRIMARY)
 WHERE h.entity_type = ? AND h.entity_id = ?
   AND e.entity_type = ? AND e.entity_id = ? AND e.entity_version BETWEEN IFNULL(s.entity_version, ?) AND ?
 ORDER BY e.entity_version
