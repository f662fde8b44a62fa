SELECT position, CAST(EXISTS (SELECT 1 FROM {prefix}unsequenced) AS UNSIGNED)
  FROM {prefix}sequencer
 WHERE id = 1
