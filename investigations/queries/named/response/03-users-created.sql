-- title: Users that it created or changed
-- about: Accounts in which it may have left a way back in.
-- suggest: Lock each account that it made: tctl lock --user=NAME
SELECT 
  user as compromised_identity, name as created_user, roles as assigned_role, time
FROM
  user_create
WHERE 
  user = '<COMPROMISED_IDENTITY>' or updated_by = '<COMPROMISED_IDENTITY>'
