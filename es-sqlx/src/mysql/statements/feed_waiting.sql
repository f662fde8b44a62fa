SELECT (SELECT position + events - 1 FROM {prefix}positions ORDER BY position DESC LIMIT 1),
       seq, events, commit_id, NULL
  FROM {prefix}unsequenced FORCE INDEX (PRIMARY)
 ORDER BY seq
 LIMIT ?
