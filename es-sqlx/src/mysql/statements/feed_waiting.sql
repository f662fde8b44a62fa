SELECT (SELECT position + events - 1 FROM {prefix}positions ORDER BY position DESC LIMIT 1),
       q.seq, q.events, q.commit_id,
       CASE WHEN ? THEN (SELECT l.seq
                           FROM {prefix}unsequenced l FORCE INDEX (commit_id)
                          WHERE l.commit_id = q.commit_id
                          ORDER BY l.commit_id DESC, l.seq DESC
                          LIMIT 1) END
  FROM (SELECT 1) one
  LEFT JOIN (SELECT seq, events, commit_id FROM {prefix}unsequenced ORDER BY seq LIMIT ?) q ON TRUE
