WITH versions AS MATERIALIZED (
  SELECT entity_version
    FROM {prefix}snapshots
   WHERE entity_type = $1 AND entity_id = $2 AND snapshot_shape = $3 AND entity_version <> $4
   UNION ALL
  SELECT $4),
old AS MATERIALIZED (
  SELECT entity_version FROM versions ORDER BY entity_version DESC LIMIT 1 OFFSET $7),
kept AS (
  INSERT INTO {prefix}snapshots (entity_type, entity_id, snapshot_shape, entity_version, event_id, snapshot_json)
  SELECT $1, $2, $3, $4, $5, $6
   WHERE NOT EXISTS (SELECT FROM old WHERE entity_version >= $4)
      ON CONFLICT (entity_type, entity_id, snapshot_shape, entity_version)
      DO UPDATE SET event_id = excluded.event_id, snapshot_json = excluded.snapshot_json, created_at = excluded.created_at)
DELETE FROM {prefix}snapshots
 WHERE entity_type = $1 AND entity_id = $2 AND entity_version <= (SELECT entity_version FROM old)
