-- title: Commands that it ran
-- about: Commands given on the command line of tsh or kubectl, which no recording shows.
-- suggest: Look for downloads, credential files and changes to accounts: cordon findings
SELECT 
  user as compromised_identity, command, event_time
FROM 
  exec 
WHERE 
  user = '<COMPROMISED_IDENTITY>';
