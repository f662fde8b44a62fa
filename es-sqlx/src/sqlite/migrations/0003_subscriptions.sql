-- How far each part of a subscriber's entities is, and who has it. Times are microseconds of Unix time.
CREATE TABLE {prefix}subscriptions (
  subscriber   TEXT    NOT NULL,
  part         INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  epoch        INTEGER NOT NULL,
  owner        TEXT,
  leased_until INTEGER,
  paused       INTEGER NOT NULL,
  PRIMARY KEY (subscriber, part)
) STRICT, WITHOUT ROWID;

-- Who runs a subscriber.
CREATE TABLE {prefix}subscription_members (
  subscriber    TEXT    NOT NULL,
  owner         TEXT    NOT NULL,
  present_until INTEGER NOT NULL,
  PRIMARY KEY (subscriber, owner)
) STRICT, WITHOUT ROWID;

-- Events that wait since a handler failed. Without `due_at` they wait for somebody to say what to do.
CREATE TABLE {prefix}dead_letters (
  subscriber  TEXT    NOT NULL,
  position    INTEGER NOT NULL,
  part        INTEGER NOT NULL,
  entity_type TEXT    NOT NULL,
  entity_id   TEXT    NOT NULL,
  event_id    BLOB    NOT NULL CHECK (octet_length(event_id) = 16),
  attempts    INTEGER NOT NULL,
  due_at      INTEGER,
  error       TEXT,
  PRIMARY KEY (subscriber, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX {prefix}dead_letters_of_entity ON {prefix}dead_letters (subscriber, entity_type, entity_id, position);
