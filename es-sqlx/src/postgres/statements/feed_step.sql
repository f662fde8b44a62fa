-- All parts see one snapshot, `after`. New are the events of transactions that weren't over in the snapshot of the last
-- step, and are now. A row that is locked is no newer than the snapshot: where another step was faster, the first run of
-- this one finds its place taken, and nothing is written.
--
-- `OFFSET 0` keeps the search for each transaction an index scan.
WITH
state AS MATERIALIZED (
  SELECT CASE WHEN r.position > q.position THEN r.snapshot ELSE q.snapshot END AS before,
         pg_current_snapshot() AS after,
         greatest(q.position, r.position) AS position,
         q.base_seq
    FROM {prefix}sequencer q
    LEFT JOIN (SELECT after_position + cardinality(seqs) AS position, snapshot
                 FROM {prefix}positions
                ORDER BY after_position DESC
                LIMIT 1) r ON true
   WHERE q.id = 1),

fresh AS MATERIALIZED (
  SELECT e.seq, e.tx
    FROM state s
   CROSS JOIN LATERAL pg_snapshot_xip(s.before) AS x (tx)
   CROSS JOIN LATERAL (SELECT seq, tx FROM {prefix}events WHERE tx = x.tx OFFSET 0) e
   WHERE pg_visible_in_snapshot(e.tx, s.after) AND e.seq > s.base_seq
   UNION ALL
  SELECT e.seq, e.tx
    FROM state s
   CROSS JOIN LATERAL (
     SELECT seq, tx
       FROM {prefix}events
      WHERE tx >= pg_snapshot_xmax(s.before) AND tx < pg_snapshot_xmax(s.after)
     OFFSET 0) e
   WHERE pg_visible_in_snapshot(e.tx, s.after) AND e.seq > s.base_seq),

total AS MATERIALIZED (
  SELECT count(*) AS events FROM fresh),

turn AS MATERIALIZED (
  SELECT id
    FROM {prefix}sequencer
   WHERE id = 1 AND (SELECT events FROM total) > 0
     FOR UPDATE SKIP LOCKED),

-- The events of a transaction come together, where its last one is. So does a transaction that waited for another one,
-- to go on in its stream, come after it, whenever it began.
numbered AS (
  SELECT seq, row_number() OVER (ORDER BY last_seq, tx, seq) - 1 AS n
    FROM (SELECT seq, tx, max(seq) OVER (PARTITION BY tx) AS last_seq FROM fresh) f),

run AS MATERIALIZED (
  SELECT n / 200 AS number,
         min(n) AS first,
         array_agg(seq ORDER BY n) AS seqs,
         max(seq) AS last_seq,
         max(n) + 1 = (SELECT events FROM total) AS is_last
    FROM numbered
   GROUP BY n / 200),

first AS (
  INSERT INTO {prefix}positions (after_position, seqs, last_seq, snapshot)
  SELECT s.position, r.seqs, r.last_seq, CASE WHEN r.is_last THEN s.after END
    FROM run r, state s, turn
   WHERE r.number = 0
      ON CONFLICT (after_position) DO NOTHING
  RETURNING after_position, seqs),

others AS (
  INSERT INTO {prefix}positions (after_position, seqs, last_seq, snapshot)
  SELECT s.position + r.first, r.seqs, r.last_seq, CASE WHEN r.is_last THEN s.after END
    FROM run r, state s, first
   WHERE r.number > 0
  RETURNING after_position, seqs)

-- Positions that were shown must not be given again after a crash, so their commit waits for the disk.
SELECT s.position, t.events, r.after_position, r.seqs,
       (SELECT pg_notify('{prefix}es_sqlx', current_schema()::text) FROM first),
       (SELECT set_config('synchronous_commit', 'on', true)
          FROM first
         WHERE current_setting('synchronous_commit') = 'off')
  FROM state s
 CROSS JOIN total t
  LEFT JOIN (SELECT * FROM first UNION ALL SELECT * FROM others) r ON r.after_position < s.position + 2000
