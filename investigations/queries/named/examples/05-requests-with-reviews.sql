-- title: Access requests and their reviews
-- about: All that is logged of each request beside all that is logged of its reviews.
SELECT
  *
FROM
  access_request_create, access_request_review
WHERE
  access_request_create.id = access_request_review.id
