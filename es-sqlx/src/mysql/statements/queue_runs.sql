INSERT INTO {prefix}unsequenced (seq, commit_id, events)
SELECT MIN(seq), @es_commit, COUNT(*)
  FROM (SELECT v.seq, v.seq - ROW_NUMBER() OVER (ORDER BY v.seq) AS run
          FROM {prefix}events v FORCE INDEX (seq)
          STRAIGHT_JOIN {prefix}entities e FORCE INDEX (PRIMARY)
             ON e.entity_type = v.entity_type AND e.entity_id = v.entity_id AND e.writer = @es_writer
         WHERE v.seq >= @es_first) added
 GROUP BY run
