    SELECT CAST(0 AS UNSIGNED), CAST(IFNULL(e.entity_version, 0) AS UNSIGNED), CAST(IFNULL(e.deleted, 0) AS UNSIGNED),
           CAST(p.message_id IS NOT NULL AS UNSIGNED), CAST(m.event_id IS NOT NULL AS UNSIGNED)
      FROM (SELECT 1) o
      LEFT JOIN {prefix}entities e ON e.entity_type = ? AND e.entity_id = ?
      LEFT JOIN {prefix}processed_messages p
             ON p.entity_type = ? AND p.entity_id = ? AND p.consumer = ? AND p.message_id = ?
      LEFT JOIN {prefix}events m
             ON m.entity_type = ? AND m.entity_id = ? AND m.entity_version = ? AND m.event_id = ?
