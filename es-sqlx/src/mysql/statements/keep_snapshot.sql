INSERT INTO {prefix}snapshots (entity_type, entity_id, snapshot_shape, entity_version, event_id, snapshot_json, created_at)
VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))
    ON DUPLICATE KEY UPDATE event_id = VALUES(event_id), snapshot_json = VALUES(snapshot_json),
                            created_at = VALUES(created_at)
