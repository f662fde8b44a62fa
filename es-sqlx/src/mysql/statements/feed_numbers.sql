SELECT /*+ SET_VAR(group_concat_max_len = 1000000) */ GROUP_CONCAT(position, ' ', seq)
  FROM {prefix}positions
 WHERE position > ? AND position <= ?
