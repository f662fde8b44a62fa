SET @es_writer = ?, @es_appends = ?, @es_events = ?
