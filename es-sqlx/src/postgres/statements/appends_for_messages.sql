-- All parts see one snapshot, and none of them sees what another one writes. So each effect follows from `won`, and
-- nothing is written that would have to be taken back.
--
-- One array of each `unnest` hides in a subquery. Else PostgreSQL counts its elements, finds that a plan for these few
-- is cheaper than one for any number, and plans anew each time, which takes longer than all the rest.
WITH
append AS MATERIALIZED (
  SELECT a.*, m.duplicate, e.entity_version AS found_version, e.deleted AS found_deleted
    FROM unnest((SELECT $1::text[]), $2::text[], $3::bigint[], $4::bigint[], $5::boolean[], $6::text[], $7::text[],
                $8::text[], $9::timestamptz[]) WITH ORDINALITY
         AS a (entity_type, entity_id, expected, added, deletes, consumer, message_id, metadata, recorded_at, n)
    LEFT JOIN LATERAL (
      SELECT true AS duplicate
        FROM {prefix}processed_messages p
       WHERE p.entity_type = a.entity_type AND p.entity_id = a.entity_id
         AND p.consumer = a.consumer AND p.message_id = a.message_id
       LIMIT 1) m ON true
    LEFT JOIN LATERAL (
      SELECT entity_version, deleted
        FROM {prefix}entities e
       WHERE e.entity_type = a.entity_type AND e.entity_id = a.entity_id
       LIMIT 1) e ON true),

created AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT entity_type, entity_id, added, deletes
    FROM append
   WHERE expected = 0 AND added > 0 AND duplicate IS NULL AND found_version IS NULL
   ORDER BY entity_type COLLATE "C", entity_id COLLATE "C"
      ON CONFLICT (entity_type, entity_id) DO NOTHING
  RETURNING entity_type, entity_id),

-- A lock shows the version that was committed last, which may be newer than the snapshot. Everybody takes locks in one
-- order, first those of creations and then these, each by type and id: so nobody waits in a circle.
locked AS MATERIALIZED (
  SELECT a.n, a.expected, e.entity_version, e.deleted
    FROM (SELECT n, expected, entity_type, entity_id
            FROM append
           WHERE expected > 0 AND duplicate IS NULL AND (SELECT count(*) FROM created) >= 0
           ORDER BY entity_type COLLATE "C", entity_id COLLATE "C") a
   CROSS JOIN LATERAL (
     SELECT entity_version, deleted
       FROM {prefix}entities e
      WHERE e.entity_type = a.entity_type AND e.entity_id = a.entity_id
        FOR NO KEY UPDATE) e),

ready AS MATERIALIZED (
  SELECT a.*
    FROM append a
   WHERE CASE
           WHEN expected > 0 THEN n IN (SELECT n FROM locked WHERE entity_version = expected AND NOT deleted)
           WHEN added > 0 THEN (entity_type, entity_id) IN (SELECT entity_type, entity_id FROM created)
           ELSE found_version IS NULL AND duplicate IS NULL
         END),

-- Another delivery of a message may have committed after the snapshot, without a new version. Then this one loses.
remembered AS (
  INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
  SELECT entity_type, entity_id, consumer, message_id, recorded_at
    FROM ready
   WHERE message_id IS NOT NULL AND (expected > 0 OR added = 0)
      ON CONFLICT DO NOTHING
  RETURNING entity_type, entity_id),

-- What is created can't lose any more, so here the other delivery is an error.
remembered_at_creation AS (
  INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
  SELECT entity_type, entity_id, consumer, message_id, recorded_at
    FROM ready
   WHERE message_id IS NOT NULL AND expected = 0 AND added > 0),

won AS MATERIALIZED (
  SELECT *
    FROM ready
   WHERE message_id IS NULL
      OR (expected = 0 AND added > 0)
      OR (entity_type, entity_id) IN (SELECT entity_type, entity_id FROM remembered)),

updated AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT entity_type, entity_id, expected + added, deletes
    FROM won
   WHERE expected > 0 AND (added > 0 OR deletes)
      ON CONFLICT (entity_type, entity_id)
      DO UPDATE SET entity_version = excluded.entity_version, deleted = excluded.deleted),

inserted AS (
  INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                              triggering_event, metadata, created_at)
  SELECT e.event_id, e.event_type, e.schema_version, e.event_data, w.entity_type, w.entity_id, w.expected + e.number,
         w.message_id, w.metadata, w.recorded_at
    FROM won w
    JOIN unnest((SELECT $10::bigint[]), $11::bigint[], $12::uuid[], $13::text[], $14::bigint[], $15::text[])
         AS e (n, number, event_id, event_type, schema_version, event_data) ON e.n = w.n
   ORDER BY e.n, e.number)

SELECT a.n,
       a.n IN (SELECT n FROM won),
       a.duplicate IS NOT NULL,
       coalesce(l.entity_version, a.found_version),
       coalesce(l.deleted, a.found_deleted)
  FROM append a
  LEFT JOIN locked l ON l.n = a.n
 ORDER BY a.n
