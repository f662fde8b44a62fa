      UPDATE {prefix}entities FORCE INDEX (PRIMARY)
         SET entity_version = entity_version + ?, deleted = ?, writer = ?
       WHERE deleted = 0 AND ({rows});
      IF ROW_COUNT() <> ? THEN LEAVE es_refused; END IF;
