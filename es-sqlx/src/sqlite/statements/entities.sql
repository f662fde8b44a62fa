SELECT entity_id
  FROM {prefix}entities
 WHERE entity_type = ?1 AND entity_id >= ifnull(?2, '') AND entity_id IS NOT ?2
   AND NOT deleted AND entity_version > 0
 ORDER BY entity_id
 LIMIT ?3
