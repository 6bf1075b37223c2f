SELECT 
  user as compromised_identity, with_mfa, addr_remote as threat_actor_ip, event_time, event, login, namespace, proto, server_hostname, server_id, sid as session_recording_id
FROM 
  session_start
WHERE
  user = '<COMPROMISED_IDENTITY>'
