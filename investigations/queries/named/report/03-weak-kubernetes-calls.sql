-- title: Kubernetes calls without safeguards
-- about: Calls of a Kubernetes API for which there was no access request, no MFA for the session, no trusted device and no impersonation.
-- suggest: Set up access requests, device trust and per-session MFA.
SELECT
    event_date,
    count(*) as count,
    user
FROM
    kube_request
WHERE
    CARDINALITY(access_requests) IS NULL
AND
    with_mfa IS NULL
AND
    impersonator IS NULL
AND
    trusted_device_device_id IS NULL
GROUP BY
    event_date,
    user
ORDER BY
    event_date
