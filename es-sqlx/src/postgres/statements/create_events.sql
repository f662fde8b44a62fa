WITH won AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  VALUES ($1, $2, $3 + $4, $5)
      ON CONFLICT (entity_type, entity_id) DO NOTHING
  RETURNING 1)
INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            metadata, created_at)
SELECT e.event_id, e.event_type, e.schema_version, e.event_data, $1, $2, $3 + e.number, $6, $7
  FROM unnest($8, $9, $10, $11) WITH ORDINALITY AS e (event_id, event_type, schema_version, event_data, number)
 WHERE EXISTS (SELECT FROM won)
