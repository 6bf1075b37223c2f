# The eight pivots of $u in one pass, one line an event.
select(
  ((.event == "access_request.create" or .event == "join_token.create" or .event == "session.start" or .event == "exec" or .event == "user.login") and .user == $u)
  or (.event == "access_request.review" and (.reviewer == $u or .user == $u))
  or ((.event == "user.create" or .event == "user.update") and (.user == $u or .updated_by == $u))
  or (.event == "cert.create" and .identity.user == $u)
  or ((.event | tostring | startswith("access_list.member.")) and .updated_by == $u)
) | [.time, .event, .uid, .command]
