SET @es_first = IF(ROW_COUNT() > 0, LAST_INSERT_ID(), NULL);
INSERT INTO {prefix}unsequenced (seq, commit_id)
SELECT v.seq, @es_commit
  FROM {prefix}events v FORCE INDEX (seq)
  STRAIGHT_JOIN {prefix}entities e FORCE INDEX (PRIMARY)
     ON e.entity_type = v.entity_type AND e.entity_id = v.entity_id AND e.writer = @es_writer
 WHERE v.seq >= @es_first
