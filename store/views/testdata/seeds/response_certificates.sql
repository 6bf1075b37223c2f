SELECT 
  identity_user as compromised_identity, event_time 
FROM 
  cert_create
WHERE 
  identity_user = '<COMPROMISED_IDENTITY>' AND event = 'cert.create' 
ORDER BY 
  event_time DESC;
