-- title: Certificates that live longer than a day
-- about: Certificates that were signed for more than 24 hours.
-- suggest: Use short lived certificates, less than a working day. Machine ID gets short lived certificates for automation.
SELECT DISTINCT
    event_date,
    COUNT(*) AS count,
    identity_user AS user
FROM
    cert_create
WHERE
    from_iso8601_timestamp(identity_expires) - from_iso8601_timestamp(time) > INTERVAL '1' DAY
GROUP BY
    event_date,
    identity_user
ORDER BY
    event_date
