-- `event_id` is the event of that version, which ties a snapshot to its stream.
CREATE TABLE {prefix}snapshots (
  entity_type    text COLLATE "C" NOT NULL,
  entity_id      text COLLATE "C" NOT NULL,
  snapshot_shape text COLLATE "C" NOT NULL,
  entity_version bigint           NOT NULL,
  event_id       uuid             NOT NULL,
  snapshot_json  text             NOT NULL,
  created_at     timestamptz      NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (entity_type, entity_id, snapshot_shape, entity_version)
);
