INSERT INTO {prefix}appends (n, expected, added, deletes, recorded_at,
                             entity_type, entity_id, consumer, message_id, metadata, events, data)
SELECT key, value->>0, value->>1, value->>2, value->>3,
       CAST(substr(?2, value->>4, value->>5) AS TEXT),
       CAST(substr(?2, value->>6, value->>7) AS TEXT),
       CAST(substr(?2, value->>8, value->>9) AS TEXT),
       CAST(substr(?2, value->>10, value->>11) AS TEXT),
       CAST(substr(?2, value->>12, value->>13) AS TEXT),
       CAST(substr(?2, value->>14, value->>15) AS TEXT),
       substr(?2, value->>16, value->>17)
  FROM json_each(?1)
 WHERE true
RETURNING n, (SELECT e.position FROM {prefix}events e
               WHERE {prefix}appends.added > 0
                 AND e.entity_type = {prefix}appends.entity_type
                 AND e.entity_id = {prefix}appends.entity_id
                 AND e.entity_version = {prefix}appends.expected + {prefix}appends.added)
