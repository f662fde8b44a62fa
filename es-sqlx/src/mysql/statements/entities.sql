SELECT entity_id
  FROM {prefix}entities
 WHERE entity_type = ? AND entity_id > ? AND deleted = 0 AND entity_version > 0
 ORDER BY entity_id
 LIMIT ?
