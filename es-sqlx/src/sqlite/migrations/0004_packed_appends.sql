-- As a row of `appends`, which stays for programs of an older version that are still running. `events` is JSON,
-- [start, …]: from `start` on, `data` holds an event's id in 16 bytes; the bytes of its type, its schema version and the
-- bytes of its JSON, in 10 digits each; its type and its JSON. JSON inside of JSON is written and parsed again for each
-- number that is taken out of it.
CREATE VIEW {prefix}packed_appends AS
SELECT 0 AS n, '' AS entity_type, '' AS entity_id, 0 AS expected, 0 AS added, 0 AS deletes, 0 AS recorded_at,
       '' AS consumer, '' AS message_id, '' AS metadata, '' AS events, x'' AS data;

-- An append that loses is ignored: it changes nothing, and RETURNING leaves it out.
CREATE TRIGGER {prefix}packed_appends_insert INSTEAD OF INSERT ON {prefix}packed_appends BEGIN
  SELECT RAISE(IGNORE)
   WHERE NEW.message_id IS NOT NULL
     AND EXISTS (SELECT 1 FROM {prefix}processed_messages
                  WHERE entity_type = NEW.entity_type AND entity_id = NEW.entity_id
                    AND consumer = NEW.consumer AND message_id = NEW.message_id);

  SELECT RAISE(IGNORE)
   WHERE NEW.expected <> ifnull((SELECT CASE WHEN deleted THEN -1 ELSE entity_version END FROM {prefix}entities
                                  WHERE entity_type = NEW.entity_type AND entity_id = NEW.entity_id), 0);

  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT NEW.entity_type, NEW.entity_id, NEW.expected + NEW.added, NEW.deletes
   WHERE NEW.added > 0 OR (NEW.deletes AND NEW.expected > 0)
      ON CONFLICT (entity_type, entity_id)
      DO UPDATE SET entity_version = excluded.entity_version, deleted = excluded.deleted;

  INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
  SELECT NEW.entity_type, NEW.entity_id, NEW.consumer, NEW.message_id, NEW.recorded_at
   WHERE NEW.message_id IS NOT NULL;

  -- The limit keeps the numbers from being taken out anew wherever they are used.
  INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id,
                              entity_version, triggering_event, metadata, created_at)
  SELECT substr(NEW.data, start, 16),
         CAST(substr(NEW.data, start + 46, type_bytes) AS TEXT),
         schema_version,
         CAST(substr(NEW.data, start + 46 + type_bytes, data_bytes) AS TEXT),
         NEW.entity_type, NEW.entity_id, NEW.expected + number, NEW.message_id, NEW.metadata, NEW.recorded_at
    FROM (SELECT key + 1 AS number, value AS start,
                 CAST(substr(NEW.data, value + 16, 10) AS INTEGER) AS type_bytes,
                 CAST(substr(NEW.data, value + 26, 10) AS INTEGER) AS schema_version,
                 CAST(substr(NEW.data, value + 36, 10) AS INTEGER) AS data_bytes
            FROM json_each(NEW.events)
           LIMIT -1);
END;
