-- title: SSH sessions as root
-- about: SSH sessions with the login root.
-- suggest: Don't use root for SSH sessions, downgrade access to users with sudo privileges instead.
SELECT
    event_date,
    COUNT(*) as count,
    user
FROM
    session_start
WHERE
    login='root'
GROUP BY
    event_date,
    user
ORDER BY
    event_date
