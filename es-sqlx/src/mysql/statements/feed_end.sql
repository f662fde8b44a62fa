SELECT position + events - 1 FROM {prefix}positions ORDER BY position DESC LIMIT 1
