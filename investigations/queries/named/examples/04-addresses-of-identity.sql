-- title: Addresses of an identity
-- about: Every address from which a certificate of the identity was asked for.
SELECT
  DISTINCT identity_client_ip
FROM
  cert_create
WHERE identity_user = '<COMPROMISED_IDENTITY>'
