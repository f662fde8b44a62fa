SELECT group_concat(record, '')
  FROM (SELECT concat(position, ' ', octet_length(entity_type), ' ', octet_length(entity_id), ' ', entity_type, entity_id,
                 entity_version, ' ', schema_version, ' ', created_at, ' ',
                 octet_length(event_type), ' ', octet_length(triggering_event), ' ',
                 octet_length(metadata), ' ', octet_length(event_data), ' ',
                 hex(event_id), event_type, triggering_event,
                 iif(octet_length(metadata) > 65536, '', metadata),
                 iif(octet_length(event_data) > 65536, '', event_data)) AS record
          FROM {prefix}events
         WHERE position > ?1 AND position <= ?2 AND substr(event_type, 1, 1) <> '$'
           AND (?4 IS NULL OR (entity_type, event_type) IN (SELECT value->>0, value->>1 FROM json_each(?4)))
         ORDER BY position
         LIMIT ?3)
