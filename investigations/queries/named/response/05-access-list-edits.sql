-- title: Access lists that it edited
-- about: Members that it added, changed or removed.
-- suggest: Review each list and put its members back; the log says what changed, not what stood there before.
SELECT 
  'access_list_member_create' AS table_name, uid, access_list_name, updated_by as compromised_identity, event, members as members_edit, time
FROM 
  access_list_member_create
WHERE 
  updated_by = '<COMPROMISED_IDENTITY>'

UNION ALL

SELECT 
  'access_list_member_delete' AS table_name, uid, access_list_name, updated_by as compromised_identity, event, members as members_edit, time
FROM 
  access_list_member_delete
WHERE 
  updated_by = '<COMPROMISED_IDENTITY>'

UNION ALL

SELECT 
  'access_list_member_update' AS table_name, uid, access_list_name, updated_by as compromised_identity, event, members as members_edit, time
FROM 
  access_list_member_update
WHERE 
  updated_by = '<COMPROMISED_IDENTITY>';
