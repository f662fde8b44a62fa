SET @es_first = IF(ROW_COUNT() > 0, LAST_INSERT_ID(), NULL);
{runs}
