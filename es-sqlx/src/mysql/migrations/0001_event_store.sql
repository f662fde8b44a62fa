-- Each step can be repeated: MariaDB and MySQL commit after each of them. Names and ids are bytes, so that they are
-- equal only when every byte is; character sets and collations don't depend on the server's.
CREATE TABLE IF NOT EXISTS {prefix}event_store_schema (
  version    INT UNSIGNED NOT NULL,
  name       VARCHAR(100) NOT NULL,
  applied_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- `writer` names the append that came last. An entity of version 0 only remembers messages.
CREATE TABLE IF NOT EXISTS {prefix}entities (
  entity_type    VARBINARY(100)  NOT NULL,
  entity_id      VARBINARY(255)  NOT NULL,
  entity_version BIGINT UNSIGNED NOT NULL,
  deleted        TINYINT         NOT NULL,
  writer         BINARY(16)      NOT NULL,
  PRIMARY KEY (entity_type, entity_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- The events of a stream lie together, which makes loading twice as fast. Times are UTC. `seq` rises within a stream;
-- between streams it isn't the order of the commits.
CREATE TABLE IF NOT EXISTS {prefix}events (
  seq              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  event_id         BINARY(16)      NOT NULL,
  event_type       VARBINARY(255)  NOT NULL,
  schema_version   INT UNSIGNED    NOT NULL,
  event_data       LONGTEXT        NOT NULL,
  entity_type      VARBINARY(100)  NOT NULL,
  entity_id        VARBINARY(255)  NOT NULL,
  entity_version   BIGINT UNSIGNED NOT NULL,
  triggering_event VARBINARY(255),
  metadata         LONGTEXT,
  created_at       DATETIME(6)     NOT NULL,
  PRIMARY KEY (entity_type, entity_id, entity_version),
  UNIQUE KEY seq (seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

CREATE TABLE IF NOT EXISTS {prefix}processed_messages (
  entity_type  VARBINARY(100) NOT NULL,
  entity_id    VARBINARY(255) NOT NULL,
  consumer     VARBINARY(255) NOT NULL,
  message_id   VARBINARY(255) NOT NULL,
  processed_at DATETIME(6)    NOT NULL,
  PRIMARY KEY (entity_type, entity_id, consumer, message_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';
