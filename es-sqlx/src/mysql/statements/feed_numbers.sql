SELECT /*+ SET_VAR(group_concat_max_len = 1000000) */ GROUP_CONCAT(seq, ' ', position)
  FROM {prefix}positions
 WHERE position > ? AND position <= ?
