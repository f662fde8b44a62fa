SELECT (SELECT position + events - 1 FROM {prefix}positions ORDER BY position DESC LIMIT 1),
       q.seq, q.events, q.commit_id, NULL, p.position
  FROM {prefix}unsequenced q FORCE INDEX (PRIMARY)
  LEFT JOIN {prefix}positions p FORCE INDEX (seq) ON p.seq = q.seq
 ORDER BY q.seq
 LIMIT ?
