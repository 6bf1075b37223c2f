-- title: Joins with tokens that live longer than a day
-- about: Agents that joined with a token that is valid for more than 24 hours more.
-- suggest: Use short-lived tokens to reduce the risk of compromise, or delegated joining where possible.
-- whole: The log of a join names a host and no user, so this cannot be said of one identity.
SELECT
    event_date,
    COUNT(*) as count,
    node_name,
    host_id
FROM
    instance_join
WHERE
    FROM_ISO8601_TIMESTAMP(token_expires) - FROM_ISO8601_TIMESTAMP(time) > INTERVAL '1' DAY
GROUP BY
    event_date,
    node_name,
    host_id
ORDER BY
    event_date
