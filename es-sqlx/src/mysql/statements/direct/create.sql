      INSERT INTO {prefix}entities (entity_type, entity_id, entity_version, deleted, writer)
      VALUES {rows};
