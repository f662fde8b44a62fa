DELETE FROM {prefix}snapshots
 WHERE entity_type = ? AND entity_id = ?
   AND entity_version <= (SELECT entity_version
                            FROM (SELECT entity_version
                                    FROM {prefix}snapshots
                                   WHERE entity_type = ? AND entity_id = ? AND snapshot_shape = ?
                                   ORDER BY entity_version DESC
                                   LIMIT 1 OFFSET ?) old)
