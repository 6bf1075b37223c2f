-- title: Programs run inside pods
-- about: Each use of exec through Kubernetes.
-- suggest: Eliminate usage of kube exec.
SELECT
    event_date,
    count(*) as count,
    user
FROM
    exec
WHERE
    proto='kube'
GROUP BY
    event_date,
    proto,
    user
ORDER BY
    event_date
