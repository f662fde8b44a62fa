SELECT position
  FROM {prefix}events
 WHERE entity_type = ?1 AND entity_id = ?2 AND entity_version = ?3
