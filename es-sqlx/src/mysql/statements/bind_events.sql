SET @es_events = ?
