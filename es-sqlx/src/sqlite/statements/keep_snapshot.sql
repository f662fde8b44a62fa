INSERT INTO {prefix}snapshots (entity_type, entity_id, snapshot_shape, entity_version, event_id, snapshot_json, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, CAST(unixepoch('subsec') * 1000000 AS INTEGER))
    ON CONFLICT (entity_type, entity_id, snapshot_shape, entity_version)
    DO UPDATE SET event_id = excluded.event_id, snapshot_json = excluded.snapshot_json, created_at = excluded.created_at
