-- The events of a commit have numbers that follow each other, as a rule: one row for all of them. MySQL can't add a column
-- unless it is there, so that is asked first; each step can be repeated.
SET @es_add = IF((SELECT COUNT(*) FROM information_schema.columns
                   WHERE table_schema = DATABASE() AND table_name = '{prefix}unsequenced' AND column_name = 'events') > 0,
                 'DO 0',
                 'ALTER TABLE {prefix}unsequenced ADD COLUMN events INT UNSIGNED NOT NULL DEFAULT 1');
PREPARE es_add FROM @es_add;
EXECUTE es_add;
SET @es_add = IF((SELECT COUNT(*) FROM information_schema.columns
                   WHERE table_schema = DATABASE() AND table_name = '{prefix}positions' AND column_name = 'events') > 0,
                 'DO 0',
                 'ALTER TABLE {prefix}positions ADD COLUMN events INT UNSIGNED NOT NULL DEFAULT 1');
PREPARE es_add FROM @es_add;
EXECUTE es_add;
DEALLOCATE PREPARE es_add;

-- The last position is that of the last run. Programs of the schema before, which would give one position to a whole run,
-- fail without this table, and so give none.
DROP TABLE IF EXISTS {prefix}sequencer
