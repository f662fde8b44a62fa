WITH RECURSIVE
head (version, deleted, processed, has_other_snapshot) AS MATERIALIZED (
  SELECT ifnull(e.entity_version, 0), ifnull(e.deleted, 0),
         EXISTS (SELECT 1 FROM {prefix}processed_messages
                  WHERE entity_type = ?1 AND entity_id = ?2 AND consumer = ?5 AND message_id = ?6),
         EXISTS (SELECT 1 FROM {prefix}snapshots
                  WHERE entity_type = ?1 AND entity_id = ?2 AND snapshot_shape <> ?7)
    FROM (SELECT 1) LEFT JOIN {prefix}entities e ON e.entity_type = ?1 AND e.entity_id = ?2),
snapshot (version, data) AS MATERIALIZED (
  SELECT s.entity_version, s.snapshot_json
    FROM {prefix}snapshots s
    JOIN {prefix}events e ON e.entity_type = s.entity_type AND e.entity_id = s.entity_id
                         AND e.entity_version = s.entity_version AND e.event_id = s.event_id
   WHERE s.entity_type = ?1 AND s.entity_id = ?2 AND s.snapshot_shape = ?7
     AND s.entity_version BETWEEN ?3 AND ?4
   ORDER BY s.entity_version DESC
   LIMIT 1),
page (first, last) AS (
  SELECT ifnull(s.version + 1, ?3), min(h.version, ?4)
    FROM head h LEFT JOIN snapshot s
   WHERE ifnull(s.version + 1, ?3) <= min(h.version, ?4)
   UNION ALL
  SELECT first + 256, last FROM page WHERE first + 256 <= last)
SELECT h.version, h.deleted, h.processed, min(p.first + 255, p.last),
       (SELECT group_concat(record, '')
          FROM (SELECT concat(entity_version, ' ', schema_version, ' ', created_at, ' ',
                         octet_length(event_type), ' ', octet_length(triggering_event), ' ',
                         octet_length(metadata), ' ', octet_length(event_data), ' ',
                         hex(event_id), event_type, triggering_event,
                         iif(octet_length(metadata) > 65536, '', metadata),
                         iif(octet_length(event_data) > 65536, '', event_data)) AS record
                  FROM {prefix}events
                 WHERE entity_type = ?1 AND entity_id = ?2
                   AND entity_version BETWEEN p.first AND min(p.first + 255, p.last)
                 ORDER BY entity_version)),
       s.version, s.data, h.has_other_snapshot
  FROM head h
  LEFT JOIN page p
  LEFT JOIN snapshot s ON p.first IS NULL OR p.first = s.version + 1
