BEGIN NOT ATOMIC
  DECLARE creates TINYINT DEFAULT ?;
  DECLARE changes TINYINT DEFAULT ?;
  DECLARE messages TINYINT DEFAULT ?;
  DECLARE events TINYINT DEFAULT ?;
  {handler}
  {bind};
  {opens};
  IF creates THEN
{create};
  END IF;
  IF changes THEN
{change};
  END IF;
  IF messages THEN
{messages};
  END IF;
  IF events THEN
{events};
{queue};
  END IF;
{obstacles};
  {closes};
END
