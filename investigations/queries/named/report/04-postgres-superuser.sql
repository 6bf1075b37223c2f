-- title: PostgreSQL as its superuser
-- about: Sessions with PostgreSQL as the database user postgres.
-- suggest: Downgrade database connections to a less privileged database user.
SELECT
	event_date,
	COUNT(*) AS count,
	user
FROM
    db_session_start
WHERE
    db_protocol='postgres' and db_user='postgres'
GROUP BY
    event_date,
    user
ORDER BY
    event_date
