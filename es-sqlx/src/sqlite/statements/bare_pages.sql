WITH RECURSIVE
head (version, deleted, processed) AS MATERIALIZED (
  SELECT ifnull(e.entity_version, 0), ifnull(e.deleted, 0),
         EXISTS (SELECT 1 FROM {prefix}processed_messages
                  WHERE entity_type = ?1 AND entity_id = ?2 AND consumer = ?5 AND message_id = ?6)
    FROM (SELECT 1) LEFT JOIN {prefix}entities e ON e.entity_type = ?1 AND e.entity_id = ?2),
page (first, last) AS (
  SELECT ?3, min(version, ?4) FROM head WHERE ?3 <= min(version, ?4)
   UNION ALL
  SELECT first + 256, last FROM page WHERE first + 256 <= last)
SELECT h.version, h.deleted, h.processed, min(p.first + 255, p.last),
       (SELECT group_concat(record, '')
          FROM (SELECT schema_version || ' ' || octet_length(event_type) || ' ' || octet_length(event_data) || ' '
                         || event_type || iif(octet_length(event_data) > 65536, '', event_data) AS record
                  FROM {prefix}events
                 WHERE entity_type = ?1 AND entity_id = ?2
                   AND entity_version BETWEEN p.first AND min(p.first + 255, p.last)
                 ORDER BY entity_version))
  FROM head h LEFT JOIN page p
