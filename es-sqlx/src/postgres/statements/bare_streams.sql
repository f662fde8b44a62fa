-- One array of `unnest` hides in a subquery. Else PostgreSQL counts its elements, finds that a plan for these few is
-- cheaper than one for any number, and plans anew each time, which takes longer than all the rest. `LIMIT 1` keeps the
-- search for each entity an index scan.
SELECT row.*
  FROM unnest((SELECT $1::text[]), $2::text[]) WITH ORDINALITY AS stream (entity_type, entity_id, n)
  LEFT JOIN LATERAL (
    SELECT entity_version, deleted
      FROM {prefix}entities h
     WHERE h.entity_type = stream.entity_type AND h.entity_id = stream.entity_id
     LIMIT 1) h ON true
 CROSS JOIN LATERAL (
    SELECT NULL::text, 2 * stream.n::int + CASE WHEN h.deleted THEN 1 ELSE 0 END, coalesce(h.entity_version, 0)::text
     UNION ALL
   (SELECT event_type, schema_version, event_data
      FROM {prefix}events e
     WHERE h.entity_version <= $3 AND e.entity_type = stream.entity_type AND e.entity_id = stream.entity_id
     ORDER BY e.entity_version)) row
