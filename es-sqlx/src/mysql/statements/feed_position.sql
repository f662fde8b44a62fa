SELECT r.position + e.seq - r.seq
  FROM {prefix}events e FORCE INDEX (PRIMARY)
  LEFT JOIN {prefix}positions r
    ON r.seq = (SELECT MAX(l.seq) FROM {prefix}positions l WHERE l.seq <= e.seq)
   AND e.seq < r.seq + r.events
 WHERE e.entity_type = ? AND e.entity_id = ? AND e.entity_version = ?
