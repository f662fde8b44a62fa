SELECT s.system_identifier = c.system_identifier
  FROM {prefix}sequencer s, pg_control_system() c
 WHERE s.id = 1
