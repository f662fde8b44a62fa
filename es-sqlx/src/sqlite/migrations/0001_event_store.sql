CREATE TABLE {prefix}event_store_schema (
  version    INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE {prefix}entities (
  entity_type    TEXT    NOT NULL,
  entity_id      TEXT    NOT NULL,
  entity_version INTEGER NOT NULL,
  deleted        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (entity_type, entity_id)
) STRICT, WITHOUT ROWID;

-- Times are microseconds since the Unix epoch. AUTOINCREMENT: a position is never given twice.
CREATE TABLE {prefix}events (
  position         INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id         BLOB    NOT NULL CHECK (octet_length(event_id) = 16),
  event_type       TEXT    NOT NULL,
  schema_version   INTEGER NOT NULL,
  event_data       TEXT    NOT NULL,
  entity_type      TEXT    NOT NULL,
  entity_id        TEXT    NOT NULL,
  entity_version   INTEGER NOT NULL,
  triggering_event TEXT,
  metadata         TEXT,
  created_at       INTEGER NOT NULL,
  UNIQUE (entity_type, entity_id, entity_version)
) STRICT;

CREATE TABLE {prefix}processed_messages (
  entity_type  TEXT    NOT NULL,
  entity_id    TEXT    NOT NULL,
  consumer     TEXT    NOT NULL,
  message_id   TEXT    NOT NULL,
  processed_at INTEGER NOT NULL,
  PRIMARY KEY (entity_type, entity_id, consumer, message_id)
) STRICT, WITHOUT ROWID;

-- A row that is inserted here is one append. `events` is JSON, [[start, type bytes, schema version, data bytes], …]:
-- from `start` on, `data` holds an event's id in 16 bytes, its type and its JSON.
CREATE VIEW {prefix}appends AS
SELECT 0 AS n, '' AS entity_type, '' AS entity_id, 0 AS expected, 0 AS added, 0 AS deletes, 0 AS recorded_at,
       '' AS consumer, '' AS message_id, '' AS metadata, '' AS events, x'' AS data;

-- An append that loses is ignored: it changes nothing, and RETURNING leaves it out.
CREATE TRIGGER {prefix}appends_insert INSTEAD OF INSERT ON {prefix}appends BEGIN
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

  INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id,
                              entity_version, triggering_event, metadata, created_at)
  SELECT substr(NEW.data, e.value->>0, 16),
         CAST(substr(NEW.data, (e.value->>0) + 16, e.value->>1) AS TEXT),
         e.value->>2,
         CAST(substr(NEW.data, (e.value->>0) + 16 + (e.value->>1), e.value->>3) AS TEXT),
         NEW.entity_type, NEW.entity_id, NEW.expected + e.key + 1, NEW.message_id, NEW.metadata, NEW.recorded_at
    FROM json_each(NEW.events) e;
END;
