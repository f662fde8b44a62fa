SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
START TRANSACTION;
SET @es_position = NULL, @es_boundary = NULL;
SELECT position INTO @es_position FROM {prefix}sequencer WHERE id = 1 FOR UPDATE SKIP LOCKED;
SELECT seq INTO @es_boundary FROM {prefix}unsequenced ORDER BY seq LIMIT 1 OFFSET {batch};
SET @es_until = IFNULL(@es_boundary, 18446744073709551615);

-- What is committed is read at one moment, and whole commits are taken whose runs all begin before the boundary. So what
-- comes before something that is taken is taken too: it was committed before the other one was stored, and numbers rise.
-- The last run of a commit is one look at the index; for an EXISTS, all that is behind the boundary would be read.
INSERT INTO {prefix}positions (position, seq, events)
SELECT @es_position + 1
         + SUM(events) OVER (ORDER BY last_seq, commit_id, seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
         - events,
       seq, events
  FROM (SELECT q.seq, q.events, q.commit_id, MAX(q.seq) OVER (PARTITION BY q.commit_id) AS last_seq
          FROM {prefix}unsequenced q
         WHERE @es_position IS NOT NULL
           AND q.seq < @es_until
           AND CASE WHEN @es_boundary IS NULL THEN 1
                    ELSE (SELECT l.seq FROM {prefix}unsequenced l FORCE INDEX (commit_id)
                           WHERE l.commit_id = q.commit_id
                           ORDER BY l.commit_id DESC, l.seq DESC
                           LIMIT 1) < @es_boundary END) taken;

-- Counted: by ROW_COUNT() the position was seen to fall back by one where another step had just emptied the queue.
SELECT IFNULL(SUM(events), 0) INTO @es_count FROM {prefix}positions WHERE position > @es_position;

DELETE q
  FROM {prefix}positions p
  STRAIGHT_JOIN {prefix}unsequenced q FORCE INDEX (PRIMARY) ON q.seq = p.seq
 WHERE p.position > @es_position AND p.position <= @es_position + @es_count;
UPDATE {prefix}sequencer SET position = @es_position + @es_count WHERE id = 1 AND @es_position IS NOT NULL;
COMMIT;
SELECT CAST(@es_position + @es_count AS UNSIGNED), CAST(@es_count AS UNSIGNED), CAST(@es_boundary IS NULL AS UNSIGNED)
