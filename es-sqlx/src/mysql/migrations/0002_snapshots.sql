-- `event_id` is the event of that version, which ties a snapshot to its stream. Times are UTC.
CREATE TABLE IF NOT EXISTS {prefix}snapshots (
  entity_type    VARBINARY(100)  NOT NULL,
  entity_id      VARBINARY(255)  NOT NULL,
  snapshot_shape VARBINARY(255)  NOT NULL,
  entity_version BIGINT UNSIGNED NOT NULL,
  event_id       BINARY(16)      NOT NULL,
  snapshot_json  LONGTEXT        NOT NULL,
  created_at     DATETIME(6)     NOT NULL,
  PRIMARY KEY (entity_type, entity_id, snapshot_shape, entity_version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';
