-- title: Sessions that it opened
-- about: Where it was, from which address, and the recording to watch.
-- suggest: Watch the recordings: cordon play SESSION
SELECT 
  user as compromised_identity, with_mfa, addr_remote as threat_actor_ip, event_time, event, login, namespace, proto, server_hostname, server_id, sid as session_recording_id
FROM 
  session_start
WHERE
  user = '<COMPROMISED_IDENTITY>'
