-- title: Who touched /etc/passwd
-- about: Users who ran a command with /etc/passwd in it.
SELECT
  DISTINCT user
FROM
  exec
WHERE
  command LIKE '%/etc/passwd%';
