SELECT /*+ SET_VAR(group_concat_max_len = 1000000) */ GROUP_CONCAT(seq, ' ', events, ' ', position, ';' SEPARATOR '')
  FROM {prefix}positions
 WHERE position >= IFNULL((SELECT MAX(position) FROM {prefix}positions WHERE position <= ?), 1) AND position <= ?
