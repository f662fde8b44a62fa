WITH
missing AS (
  SELECT e.seq, row_number() OVER (ORDER BY e.seq) - 1 AS n
    FROM {prefix}events e
    LEFT JOIN (SELECT unnest(seqs) AS seq FROM {prefix}positions) p ON p.seq = e.seq
   WHERE p.seq IS NULL),

run AS (
  SELECT min(n) AS first, array_agg(seq ORDER BY n) AS seqs, max(seq) AS last_seq
    FROM missing
   GROUP BY n / 200),

state AS MATERIALIZED (
  SELECT greatest((SELECT position FROM {prefix}sequencer WHERE id = 1),
                  (SELECT max(after_position + cardinality(seqs)) FROM {prefix}positions)) AS position),

placed AS (
  INSERT INTO {prefix}positions (after_position, seqs, last_seq, snapshot)
  SELECT s.position + r.first, r.seqs, r.last_seq, pg_current_snapshot()
    FROM run r, state s
  RETURNING cardinality(seqs) AS events)

UPDATE {prefix}sequencer
   SET position = (SELECT position FROM state) + coalesce((SELECT sum(events) FROM placed), 0),
       snapshot = pg_current_snapshot(),
       base_seq = (SELECT coalesce(max(seq), 0) FROM {prefix}events),
       system_identifier = (SELECT system_identifier FROM pg_control_system())
 WHERE id = 1
