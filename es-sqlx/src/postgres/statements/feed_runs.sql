SELECT after_position, seqs
  FROM {prefix}positions
 WHERE after_position >= coalesce((SELECT max(after_position) FROM {prefix}positions WHERE after_position <= $1), 0)
   AND after_position < $2
 ORDER BY after_position
