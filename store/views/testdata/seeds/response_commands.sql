SELECT 
  user as compromised_identity, command, event_time
FROM 
  exec 
WHERE 
  user = '<COMPROMISED_IDENTITY>';
