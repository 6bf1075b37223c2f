-- title: Requests that it made or reviewed
-- about: Every access request with its reviews in which the identity asked or decided. The others in it may be next to lock.
-- suggest: Lock a request that was abused: tctl lock --access-request=ID
SELECT
  *
FROM
  access_request_create, access_request_review
WHERE
  access_request_create.id = access_request_review.id AND (access_request_review.reviewer = '<COMPROMISED_IDENTITY>' OR access_request_create.user = '<COMPROMISED_IDENTITY>')
