SELECT 
  user as compromised_identity, roles as exfiltered_token_roles, uid, time 
FROM
  join_token_create
WHERE 
  user = '<COMPROMISED_IDENTITY>'
