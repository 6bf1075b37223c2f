-- title: Join tokens that it created
-- about: A token lets whoever has it join as an agent or a bot.
-- suggest: Remove each token: tctl tokens rm TOKEN
SELECT 
  user as compromised_identity, roles as exfiltered_token_roles, uid, time 
FROM
  join_token_create
WHERE 
  user = '<COMPROMISED_IDENTITY>'
