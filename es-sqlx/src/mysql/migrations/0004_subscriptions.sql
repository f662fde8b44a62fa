-- How far each part of a subscriber's entities is, and who has it. Times are UTC.
CREATE TABLE IF NOT EXISTS {prefix}subscriptions (
  subscriber   VARBINARY(100)  NOT NULL,
  part         INT UNSIGNED    NOT NULL,
  position     BIGINT UNSIGNED NOT NULL,
  epoch        BIGINT UNSIGNED NOT NULL,
  owner        VARBINARY(100),
  leased_until DATETIME(6),
  paused       BOOLEAN         NOT NULL,
  PRIMARY KEY (subscriber, part)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- Who runs a subscriber.
CREATE TABLE IF NOT EXISTS {prefix}subscription_members (
  subscriber    VARBINARY(100) NOT NULL,
  owner         VARBINARY(100) NOT NULL,
  present_until DATETIME(6)    NOT NULL,
  PRIMARY KEY (subscriber, owner)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';

-- Events that wait since a handler failed. Without `due_at` they wait for somebody to say what to do.
CREATE TABLE IF NOT EXISTS {prefix}dead_letters (
  subscriber  VARBINARY(100)  NOT NULL,
  position    BIGINT UNSIGNED NOT NULL,
  part        INT UNSIGNED    NOT NULL,
  entity_type VARBINARY(100)  NOT NULL,
  entity_id   VARBINARY(255)  NOT NULL,
  event_id    BINARY(16)      NOT NULL,
  attempts    INT UNSIGNED    NOT NULL,
  due_at      DATETIME(6),
  error       TEXT,
  PRIMARY KEY (subscriber, position),
  KEY entity (subscriber, entity_type, entity_id, position)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'es-sqlx';
