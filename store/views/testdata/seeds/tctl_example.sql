select event_time,identity_user from cert_create order by event_date limit 1;
