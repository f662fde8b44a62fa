-- `event_id` is the event of that version, which ties a snapshot to its stream.
CREATE TABLE {prefix}snapshots (
  entity_type    TEXT    NOT NULL,
  entity_id      TEXT    NOT NULL,
  snapshot_shape TEXT    NOT NULL,
  entity_version INTEGER NOT NULL,
  event_id       BLOB    NOT NULL CHECK (octet_length(event_id) = 16),
  snapshot_json  TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (entity_type, entity_id, snapshot_shape, entity_version)
) STRICT;
