SELECT r.position
  FROM {prefix}events e
  LEFT JOIN LATERAL (
    SELECT after_position + array_position(seqs, e.seq) AS position
      FROM {prefix}positions
     WHERE last_seq >= e.seq AND e.seq = ANY (seqs)
     ORDER BY last_seq
     LIMIT 1) r ON true
 WHERE e.entity_type = $1 AND e.entity_id = $2 AND e.entity_version = $3
