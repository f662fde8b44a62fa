WITH won AS (
  UPDATE {prefix}entities
     SET entity_version = $3, deleted = $4
   WHERE entity_type = $1 AND entity_id = $2 AND entity_version = $3 - 1 AND NOT deleted
  RETURNING 1)
INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            metadata, created_at)
SELECT $7, $8, $9, $10, $1, $2, $3, $5, $6
  FROM won
