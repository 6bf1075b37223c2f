package main

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Rare and newer event types, many of which the pinned API module does not
// know. Each row is name, code, groups, and the fields of its own. Groups are
// those of Teleport's structs: U user, S session, C connection, V server,
// R resource, T status, D database, A application, B process. Fields end in
// ":n" for a number, ":b" for a truth value, ":t" for a time, ":l" for a list,
// ":o" for an object; nothing is text.
const exoticTable = `
user.password_change T1005I UC
recovery_token.create T6001I UR
recovery_code.generated T1008I U
recovery_code.used T1009I UT
mfa.delete T1007I UC mfa_device_name mfa_device_uuid mfa_device_type
cert.generation_mismatch TCB00W U
login_rule.create TLR00I UR
user_login.invalid_access_list TAL009W T access_list_name user missing_roles:l
session.join T2001I USCV
session.leave T2003I USCV
session.rejected T1006W UCV reason max:n
session.connect T2010I CV
session.command T4000I USVB ppid:n path argv:l return_code:n
session.disk T4001I USVB path flags:n return_code:n
session.network T4002I USVB src_addr dst_addr dst_port:n version:n operation:n action:n
session.process_exit T4003I USVB exit_status:n
session.summarized INF010I T sid session_type model_name risk_level short_description
subsystem T3001I UCV name exitError
port.local T3003I UCT addr
x11-forward T3008I UCT
agent-forward T3013I UCT
client.disconnect T3006I UCV reason
git.command TGIT001I USCV command exitCode service path actions:l
kube.create T3010I UR kube_labels:o
app.create TAP03I URA
app.session.dynamodb.request T2013I UA aws_region aws_service session_chunk_id status_code:n path method target body:o
mcp.session.start TMCP001I USV app_name
mcp.session.request TMCP003I USV app_name message:o
db.session.query.failed TDB02W USTD db_query
db.session.malformed_packet TDB06I USD payload
db.session.permissions.update TDB07I USD permission_summary:l affected_object_counts:o
db.session.user.create TDB08I USTD username roles:l
db.create TDB03I URD
db.session.postgres.statements.parse TPG00I USD statement_name query
db.session.postgres.statements.bind TPG01I USD statement_name portal_name parameters:l
db.session.postgres.statements.execute TPG02I USD portal_name
db.session.mysql.statements.prepare TMY00I USD query
db.session.mysql.statements.execute TMY01I USD statement_id:n parameters:l
db.session.mysql.process_kill TMY11I USD process_id:n
db.session.sqlserver.rpc_request TMS00I USD proc_name parameters:l
db.session.cassandra.batch TCA01I USD consistency keyspace batch_type children:l
db.session.elasticsearch.request TES00I USD path raw_query method body category:n target query status_code:n
db.session.spanner.rpc TSPN001I USTD procedure args:o
windows.desktop.session.start TDP00I USCT windows_desktop_service desktop_addr windows_domain windows_user desktop_labels:o desktop_name allow_user_creation:b nla:b
windows.desktop.session.end TDP01I US windows_desktop_service desktop_addr windows_domain windows_user session_start:t session_stop:t desktop_name recorded:b participants:l
desktop.clipboard.receive TDP03I USC desktop_addr length:n
desktop.directory.write TDP06I USCT desktop_addr directory_name directory_id:n file_path length:n offset:n
access_request.update T5001I UR id state reason
access_request.delete T5003I U id
access_request.expire T5005I R id expiry:t
access_list.create TAL001I RT
access_list.review TAL004I RT review_id review_frequency_changed removed_members:l
role.deleted T9001I UCR
github.updated T80002I UCR
oidc.created T8100I UR
saml.updated T8202I UR connector:o
trusted_cluster.create T7000I UCR
auth_preference.update TCAUTH001I UCT admin_actions_mfa_changed:n
session_recording_config.update TCREC003I UCT
access_graph.access_path_changed TAG001I - change_id affected_resource_name affected_resource_source affected_resource_type
access_graph.crown_jewel.create CJ001I UCRT crown_jewel_query
external_audit_storage.enable TEA001I R details:o
secreports.audit.query.run SRE001I UT name query days:n total_execution_time_in_millis:n data_scanned_in_bytes:n
cir.update CIR001I UR client_ip_restrictions:l mode
cert_auth_override.create TCO01I UR ca_override:o
join_token.bound_keypair.recovery TBK001I C token_name bot_name public_key recovery_count:n
bot.create TB001I UR
bot.delete TB003I UR
spiffe.svid.issued TSPIFFE000I UC spiffe_id dns_sans:l ip_sans:l svid_type serial_number hint
workload_identity.create WID001I UCR workload_identity_data:o
sigstore_policy.create TSSP001I UCR
device.enroll TV005I UT device:o
device.authenticate TV006I UT device:o
device.webtoken.create TV008I UT device:o
saml.idp.auth TSI000I UST service_provider_entity_id service_provider_shortcut attribute_mapping:o
okta.groups.update TOK001I V added:n updated:n deleted:n added_resources:l
okta.assignment.process TOK004I VRT source user starting_status ending_status
okta.user.sync TOK007I T org_url app_id num_users_created:n num_users_total:n
integration.create IG001I UCR sub_kind aws_oidc:o
plugin.create PG001I UCR plugin_type has_credentials:b plugin_data:o
discovery_config.create DC001I UCR
ssm.run TDS00I - command_id instance_id exit_code:n status account_id region stdout stderr
static_host_user.create SHU001I UCRT
user_task.create UT001I UCRT user_task_type user_task_issue_type
auto_update_config.update AUC002I UCRT
health_check_config.create THCC001I UR
contact.create TCTC001I UCRT email contact_type:n
stable_unix_user.create TSUU001I - stable_unix_user:o
aws_identity_center.resource_sync.success TAIC001I T total_users:n
vnet.config.update TVNET002I UCT
billing.update_info TBL03I U
lock.created TLK00I UR target:o lock:o
lock.deleted TLK01I UR lock:o
unknown TCC00E - unknown_event unknown_code data
`

// exoticRow is one row of the table.
type exoticRow struct {
	event, code, groups string
	fields              []string
}

var exoticRows = parseExotic(exoticTable)

func parseExotic(table string) []exoticRow {
	var rows []exoticRow
	for _, text := range strings.Split(strings.TrimSpace(table), "\n") {
		f := strings.Fields(text)
		rows = append(rows, exoticRow{event: f[0], code: f[1], groups: f[2], fields: f[3:]})
	}
	return rows
}

// putRaw adds an event that no struct describes.
func (l *ledger) putRaw(t time.Time, raw []byte) {
	l.entries = append(l.entries, entry{at: t, raw: raw})
}

// exoticLine is one event of a random row, by h, about to.
func exoticLine(l *ledger, t time.Time, h hands, to host) []byte {
	row := pick(l, exoticRows)
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"ei":0,"event":%q,"uid":%q,"code":%q,"time":%q,"cluster_name":%q`,
		row.event, l.uuid(), row.code, t.Format("2006-01-02T15:04:05.999Z07:00"), clusterName)
	for _, g := range row.groups {
		b.WriteString(group(l, g, h, to))
	}
	for _, f := range row.fields {
		name, kind, _ := strings.Cut(f, ":")
		fmt.Fprintf(&b, `,%q:%s`, name, value(l, name, kind, t))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// group is the keys of one of Teleport's embedded structs.
func group(l *ledger, g rune, h hands, to host) string {
	switch g {
	case 'U':
		return fmt.Sprintf(`,"user":%q,"login":%q,"user_kind":1`, h.name, pick(l, h.logins))
	case 'S':
		return fmt.Sprintf(`,"sid":%q,"private_key_policy":"none"`, l.uuid())
	case 'C':
		return fmt.Sprintf(`,"addr.local":%q,"addr.remote":%q,"proto":"ssh"`,
			net.JoinHostPort(to.addr, "3022"), net.JoinHostPort(h.addr, strconv.Itoa(l.port())))
	case 'V':
		return fmt.Sprintf(`,"namespace":"default","server_id":%q,"server_hostname":%q,"server_version":%q`, to.id, to.name, serverVersion)
	case 'R':
		return fmt.Sprintf(`,"name":%q,"expires":"0001-01-01T00:00:00Z","updated_by":%q`, pick(l, teams)+"-"+pick(l, someRoles), h.name)
	case 'T':
		return fmt.Sprintf(`,"success":%t`, l.rng.IntN(10) > 0)
	case 'D':
		return `,"db_service":"ledger-pg","db_protocol":"postgres","db_uri":"192.0.2.120:5432","db_name":"ledger","db_user":"readonly","db_type":"self-hosted"`
	case 'A':
		return `,"app_uri":"http://192.0.2.121:3000","app_public_addr":"grafana.teleport.example.com","app_name":"grafana"`
	case 'B':
		return fmt.Sprintf(`,"pid":%d,"cgroup_id":%d,"program":"curl"`, 1000+l.rng.IntN(60_000), 4294967296+l.rng.IntN(9999))
	}
	return ""
}

// value is something fit for a field.
func value(l *ledger, name, kind string, t time.Time) string {
	switch kind {
	case "n":
		return strconv.Itoa(l.rng.IntN(50_000))
	case "b":
		return strconv.FormatBool(l.rng.IntN(2) == 0)
	case "t":
		return strconv.Quote(t.Add(-l.between(time.Minute, time.Hour)).Format(time.RFC3339Nano))
	case "l":
		return fmt.Sprintf(`[%q,%q]`, pick(l, teams), pick(l, someRoles))
	case "o":
		return objectValue(l, name)
	}
	switch {
	case strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_uuid") || name == "id" || name == "sid":
		return strconv.Quote(l.uuid())
	case strings.Contains(name, "path"):
		return `"/srv/` + pick(l, teams) + `/current"`
	case strings.HasSuffix(name, "_addr"):
		return `"192.0.2.130"`
	case strings.Contains(name, "query"):
		return strconv.Quote(pick(l, questions))
	}
	return strconv.Quote(name + " " + pick(l, teams))
}

// objectValue is a nested object; targets and devices have their real keys.
func objectValue(l *ledger, name string) string {
	switch name {
	case "target":
		return `{}`
	case "lock":
		return fmt.Sprintf(`{"target":{"user":%q}}`, pick(l, firstNames)+"@example.com")
	case "device":
		return fmt.Sprintf(`{"device_id":%q,"os_type":2,"asset_tag":"C02X%d"}`, l.uuid(), l.rng.IntN(9999))
	case "message":
		return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read_file","arguments":{"path":"/etc/hosts"}}}`
	}
	return fmt.Sprintf(`{%q:%q,"n":%d}`, pick(l, teams), pick(l, someRoles), l.rng.IntN(100))
}
