SELECT 
  user as compromised_identity, name as created_user, roles as assigned_role, time
FROM
  user_create
WHERE 
  user = '<COMPROMISED_IDENTITY>' or updated_by = '<COMPROMISED_IDENTITY>'
