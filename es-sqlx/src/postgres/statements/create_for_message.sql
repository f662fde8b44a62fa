WITH won AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT $1, $2, $3 + $4, $5
   WHERE NOT EXISTS (SELECT FROM {prefix}processed_messages
                      WHERE entity_type = $1 AND entity_id = $2 AND consumer = $6 AND message_id = $7)
      ON CONFLICT (entity_type, entity_id) DO NOTHING
  RETURNING 1),
remembered AS (
  INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
  SELECT $1, $2, $6, $7, $9
   WHERE $7 IS NOT NULL AND EXISTS (SELECT FROM won))
INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            triggering_event, metadata, created_at)
SELECT e.event_id, e.event_type, e.schema_version, e.event_data, $1, $2, $3 + e.number, $7, $8, $9
  FROM unnest($10, $11, $12, $13) WITH ORDINALITY AS e (event_id, event_type, schema_version, event_data, number)
 WHERE EXISTS (SELECT FROM won)
