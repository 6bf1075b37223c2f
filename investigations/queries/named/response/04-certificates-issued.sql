-- title: Certificates signed for it
-- about: Each certificate that carries the identity, newest first. An identity file lives as long as its certificate.
-- suggest: Lock the identity: a lock ends the use of its certificates.
SELECT 
  identity_user as compromised_identity, event_time 
FROM 
  cert_create
WHERE 
  identity_user = '<COMPROMISED_IDENTITY>' AND event = 'cert.create' 
ORDER BY 
  event_time DESC;
