-- Materialized, since each page is needed twice, and would be written twice. What is larger than a page may be is left out
-- of it, as in `bare_pages.sql`; that of a stream which isn't whole, or too large, is empty.
WITH
stream (entity_type, entity_id) AS (VALUES {streams}),
page (version, deleted, page) AS MATERIALIZED (
  SELECT ifnull(h.entity_version, 0), ifnull(h.deleted, 0),
         ifnull(CASE WHEN h.entity_version <= ?1 THEN (
           SELECT iif(count(*) = h.entity_version AND sum(size) <= 65536, group_concat(record, ''), '')
             FROM (SELECT octet_length(event_data) AS size,
                          schema_version || ' ' || octet_length(event_type) || ' ' || octet_length(event_data) || ' '
                            || event_type || iif(octet_length(event_data) > 65536, '', event_data) AS record
                     FROM {prefix}events e
                    WHERE e.entity_type = s.entity_type AND e.entity_id = s.entity_id
                      AND e.entity_version BETWEEN 1 AND h.entity_version
                    ORDER BY e.entity_version))
         END, '')
    FROM stream s
    LEFT JOIN {prefix}entities h ON h.entity_type = s.entity_type AND h.entity_id = s.entity_id
   WHERE s.entity_type IS NOT NULL)
SELECT group_concat(version || ' ' || deleted || ' ' || octet_length(page) || ' ' || page, '')
  FROM page
