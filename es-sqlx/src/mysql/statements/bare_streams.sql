SELECT h.entity_type, h.entity_id, 2 * h.entity_version + h.deleted, e.entity_version, e.schema_version, e.event_type,
       e.event_data
  FROM {prefix}entities h FORCE INDEX (PRIMARY)
  STRAIGHT_JOIN {prefix}events e FORCE INDEX (PRIMARY)
    ON e.entity_type = h.entity_type AND e.entity_id = h.entity_id
 WHERE h.entity_version <= ?
   AND ({streams})
