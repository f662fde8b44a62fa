DELETE FROM {prefix}snapshots
 WHERE entity_type = ?1 AND entity_id = ?2
   AND entity_version <= (SELECT entity_version
                            FROM {prefix}snapshots
                           WHERE entity_type = ?1 AND entity_id = ?2 AND snapshot_shape = ?3
                           ORDER BY entity_version DESC
                           LIMIT 1 OFFSET ?4)
