-- title: Who asked, for what, and who decided
-- about: The requester, the reason, roles and resources, and each decision.
SELECT
  request.user, request.reason, request.roles, request.resource_ids, review.reviewer, review.state
FROM
  access_request_create as request, access_request_review as review
WHERE
  request.id = review.id
