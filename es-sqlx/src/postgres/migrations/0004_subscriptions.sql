-- How far each part of a subscriber's entities is, and who has it. Its rows change often, within their pages.
CREATE TABLE {prefix}subscriptions (
  subscriber   text COLLATE "C" NOT NULL,
  part         integer          NOT NULL,
  position     bigint           NOT NULL,
  epoch        bigint           NOT NULL,
  owner        text COLLATE "C",
  leased_until timestamptz,
  paused       boolean          NOT NULL,
  PRIMARY KEY (subscriber, part)
) WITH (fillfactor = 50);

-- Who runs a subscriber.
CREATE TABLE {prefix}subscription_members (
  subscriber    text COLLATE "C" NOT NULL,
  owner         text COLLATE "C" NOT NULL,
  present_until timestamptz      NOT NULL,
  PRIMARY KEY (subscriber, owner)
) WITH (fillfactor = 50);

-- Events that wait since a handler failed. Without `due_at` they wait for somebody to say what to do.
CREATE TABLE {prefix}dead_letters (
  subscriber  text COLLATE "C" NOT NULL,
  position    bigint           NOT NULL,
  part        integer          NOT NULL,
  entity_type text COLLATE "C" NOT NULL,
  entity_id   text COLLATE "C" NOT NULL,
  event_id    uuid             NOT NULL,
  attempts    bigint           NOT NULL,
  due_at      timestamptz,
  error       text,
  PRIMARY KEY (subscriber, position)
);

CREATE INDEX {prefix}dead_letters_of_entity ON {prefix}dead_letters (subscriber, entity_type, entity_id, position);
