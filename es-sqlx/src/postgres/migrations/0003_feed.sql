-- The order of all events, which is given to them after their commit. A row is a run of positions: the first event in
-- `seqs` has the position after `after_position`, and so on. The last run of a step has the snapshot that the step took:
-- what is visible in it has a position. Rows are only added, so nothing has to be cleaned up behind a step.
CREATE TABLE {prefix}positions (
  after_position bigint   NOT NULL PRIMARY KEY,
  seqs           bigint[] NOT NULL,
  last_seq       bigint   NOT NULL,
  snapshot       pg_snapshot
);

CREATE INDEX ON {prefix}positions (last_seq);

-- One row. Whoever has it locked gives positions. Its snapshot holds where no run goes beyond its position; events up to
-- `base_seq` have their positions already, whatever their `tx` says. Transactions are numbered by a cluster of servers for
-- itself, so in another one than this all events have to be looked through once.
CREATE TABLE {prefix}sequencer (
  id                integer     NOT NULL PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  position          bigint      NOT NULL,
  snapshot          pg_snapshot NOT NULL,
  base_seq          bigint      NOT NULL,
  system_identifier bigint      NOT NULL
);

-- 0 where there are events already: they may have come here from another cluster.
INSERT INTO {prefix}sequencer (position, snapshot, base_seq, system_identifier)
SELECT 0, pg_current_snapshot(), 0,
       CASE WHEN EXISTS (SELECT FROM {prefix}events) THEN 0 ELSE system_identifier END
  FROM pg_control_system();
