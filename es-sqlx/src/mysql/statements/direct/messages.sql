      INSERT INTO {prefix}processed_messages (entity_type, entity_id, consumer, message_id, processed_at)
      VALUES {rows};
