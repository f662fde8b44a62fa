-- All parts see one snapshot, and none of them sees what another one writes. So each effect follows from `created` and
-- `updated`, and nothing is written that would have to be taken back.
--
-- One array of `unnest` hides in a subquery. Else PostgreSQL counts its elements, finds that a plan for these few is
-- cheaper than one for any number, and plans anew each time, which takes longer than all the rest.
WITH
event AS MATERIALIZED (
  SELECT *
    FROM unnest((SELECT $1::text[]), $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[],
                $8::timestamptz[], $9::uuid[], $10::text[], $11::bigint[], $12::text[]) WITH ORDINALITY
         AS e (entity_type, entity_id, expected, added, number, deletes, metadata, recorded_at, event_id, event_type,
               schema_version, event_data, n)),

created AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT entity_type, entity_id, added, deletes
    FROM event
   WHERE expected = 0 AND number = 1
   ORDER BY entity_type COLLATE "C", entity_id COLLATE "C"
      ON CONFLICT (entity_type, entity_id) DO NOTHING
  RETURNING entity_type, entity_id),

-- A lock shows the version that was committed last, which may be newer than the snapshot. Everybody takes locks in one
-- order, first those of creations and then these, each by type and id: so nobody waits in a circle.
locked AS MATERIALIZED (
  SELECT a.entity_type, a.entity_id, a.expected + a.added AS entity_version, a.deletes
    FROM (SELECT entity_type, entity_id, expected, added, deletes
            FROM event
           WHERE expected > 0 AND number = 1 AND (SELECT count(*) FROM created) >= 0
           ORDER BY entity_type COLLATE "C", entity_id COLLATE "C") a
   CROSS JOIN LATERAL (
     SELECT entity_version, deleted
       FROM {prefix}entities e
      WHERE e.entity_type = a.entity_type AND e.entity_id = a.entity_id
        FOR NO KEY UPDATE) e
   WHERE e.entity_version = a.expected AND NOT e.deleted),

updated AS (
  INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted)
  SELECT entity_type, entity_id, entity_version, deletes
    FROM locked
      ON CONFLICT (entity_type, entity_id)
      DO UPDATE SET entity_version = excluded.entity_version, deleted = excluded.deleted
  RETURNING entity_type, entity_id)

INSERT INTO {prefix}events (event_id, event_type, schema_version, event_data, entity_type, entity_id, entity_version,
                            metadata, created_at)
SELECT event_id, event_type, schema_version, event_data, entity_type, entity_id, expected + number, metadata,
       recorded_at
  FROM event
 WHERE (entity_type, entity_id) IN (SELECT entity_type, entity_id FROM created
                                     UNION ALL
                                    SELECT entity_type, entity_id FROM updated)
 ORDER BY n
