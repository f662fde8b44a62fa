SELECT (SELECT position + events - 1 FROM {prefix}positions ORDER BY position DESC LIMIT 1),
       q.seq, q.events, q.commit_id,
       (SELECT l.seq
          FROM {prefix}unsequenced l FORCE INDEX (commit_id)
         WHERE l.commit_id = q.commit_id
         ORDER BY l.commit_id DESC, l.seq DESC
         LIMIT 1),
       p.position
  FROM (SELECT seq, events, commit_id FROM {prefix}unsequenced FORCE INDEX (PRIMARY) ORDER BY seq LIMIT ?) q
  LEFT JOIN {prefix}positions p FORCE INDEX (seq) ON p.seq = q.seq
