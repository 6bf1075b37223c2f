-- title: Kubernetes calls as system:masters
-- about: Calls of a Kubernetes API with the group system:masters, which no rule of the cluster restricts.
-- suggest: Don't use the system:masters group for Kubernetes API calls, downgrade to view or edit instead.
SELECT
	event_date,
	COUNT(*) as count,
	user
FROM
    kube_request
WHERE
    CONTAINS(kubernetes_groups, 'system:masters')
GROUP BY
    event_date,
    user
ORDER BY
    event_date
