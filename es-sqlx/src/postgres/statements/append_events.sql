WITH won AS (
  UPDATE {prefix}entities
     SET entity_version = $3 + $4, deleted = $5
   WHERE entity_type = $1 AND entity_id = $2 AND entity_version = $3 AND NOT deleted
  RETURNING 1)
INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            metadata, created_at)
SELECT e.event_id, e.event_type, e.schema_version, e.event_data, $1, $2, $3 + e.number, $6, $7
  FROM unnest($8, $9, $10, $11) WITH ORDINALITY AS e (event_id, event_type, schema_version, event_data, number)
 WHERE EXISTS (SELECT FROM won)
