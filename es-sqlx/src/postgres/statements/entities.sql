SELECT entity_id
  FROM {prefix}entities
 WHERE entity_type = $1 AND entity_id >= coalesce($2, '') AND entity_id IS DISTINCT FROM $2
   AND NOT deleted AND entity_version > 0
 ORDER BY entity_id
 LIMIT $3
