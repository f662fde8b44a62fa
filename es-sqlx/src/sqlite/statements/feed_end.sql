SELECT ifnull(max(position), 0)
  FROM {prefix}events
