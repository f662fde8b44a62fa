SELECT p.position
  FROM {prefix}events e FORCE INDEX (PRIMARY)
  LEFT JOIN {prefix}positions p ON p.seq = e.seq
 WHERE e.entity_type = ? AND e.entity_id = ? AND e.entity_version = ?
