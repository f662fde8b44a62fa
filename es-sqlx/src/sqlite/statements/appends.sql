WITH append (n, start) AS MATERIALIZED (
  SELECT key, value FROM json_each(?1))
INSERT INTO {prefix}packed_appends (n, expected, added, deletes, recorded_at,
                                    entity_type, entity_id, consumer, message_id, metadata, events, data)
SELECT n,
       CAST(substr(?2, start, 20) AS INTEGER),
       CAST(substr(?2, start + 20, 20) AS INTEGER),
       CAST(substr(?2, start + 40, 20) AS INTEGER),
       CAST(substr(?2, start + 60, 20) AS INTEGER),
       CAST(substr(?2, CAST(substr(?2, start + 80, 20) AS INTEGER), CAST(substr(?2, start + 100, 20) AS INTEGER)) AS TEXT),
       CAST(substr(?2, CAST(substr(?2, start + 120, 20) AS INTEGER), CAST(substr(?2, start + 140, 20) AS INTEGER)) AS TEXT),
       CAST(substr(?2, nullif(CAST(substr(?2, start + 160, 20) AS INTEGER), 0), CAST(substr(?2, start + 180, 20) AS INTEGER)) AS TEXT),
       CAST(substr(?2, nullif(CAST(substr(?2, start + 200, 20) AS INTEGER), 0), CAST(substr(?2, start + 220, 20) AS INTEGER)) AS TEXT),
       CAST(substr(?2, nullif(CAST(substr(?2, start + 240, 20) AS INTEGER), 0), CAST(substr(?2, start + 260, 20) AS INTEGER)) AS TEXT),
       CAST(substr(?2, CAST(substr(?2, start + 280, 20) AS INTEGER), CAST(substr(?2, start + 300, 20) AS INTEGER)) AS TEXT),
       substr(?2, CAST(substr(?2, start + 320, 20) AS INTEGER), CAST(substr(?2, start + 340, 20) AS INTEGER))
  FROM append
 WHERE true
RETURNING n, (SELECT e.position FROM {prefix}events e
               WHERE {prefix}packed_appends.added > 0
                 AND e.entity_type = {prefix}packed_appends.entity_type
                 AND e.entity_id = {prefix}packed_appends.entity_id
                 AND e.entity_version = {prefix}packed_appends.expected + {prefix}packed_appends.added)
