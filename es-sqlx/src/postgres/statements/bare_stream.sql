SELECT NULL, CASE WHEN h.deleted THEN 1 ELSE 0 END, coalesce(h.entity_version, 0)::text
  FROM (SELECT) one
  LEFT JOIN {prefix}entities h ON h.entity_type = $1 AND h.entity_id = $2
 UNION ALL
(SELECT event_type, schema_version, event_data
   FROM {prefix}events
  WHERE entity_type = $1 AND entity_id = $2
  ORDER BY entity_version)
