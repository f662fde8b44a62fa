WITH won AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  VALUES ($1, $2, $3, $4)
      ON CONFLICT (entity_type, entity_id) DO NOTHING
  RETURNING 1)
INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            metadata, created_at)
SELECT $7, $8, $9, $10, $1, $2, $3, $5, $6
  FROM won
