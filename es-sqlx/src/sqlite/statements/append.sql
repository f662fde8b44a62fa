INSERT INTO {prefix}packed_appends (n, expected, added, deletes, recorded_at,
                                    entity_type, entity_id, consumer, message_id, metadata, events, data)
VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
RETURNING n, (SELECT e.position FROM {prefix}events e
               WHERE {prefix}packed_appends.added > 0
                 AND e.entity_type = {prefix}packed_appends.entity_type
                 AND e.entity_id = {prefix}packed_appends.entity_id
                 AND e.entity_version = {prefix}packed_appends.expected + {prefix}packed_appends.added)
