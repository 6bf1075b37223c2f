# sh clickhouse.sh LOG FOLDER: starts a server of its own below FOLDER, reads the log
# into it, prints the number of rows, stops the server it started and waits for it,
# so that its cost is part of this process's.
set -eu
log=$1 home=$2
mkdir -p "$home/data" "$home/tmp" "$home/formats"
cat >"$home/config.xml" <<X
<yandex>
  <logger><level>warning</level><log>$home/server.log</log><errorlog>$home/server.err</errorlog></logger>
  <listen_host>127.0.0.1</listen_host><tcp_port>19473</tcp_port><http_port>19474</http_port><interserver_http_port>19475</interserver_http_port>
  <path>$home/data/</path><tmp_path>$home/tmp/</tmp_path><format_schema_path>$home/formats/</format_schema_path>
  <users_config>$home/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>1073741824</mark_cache_size>
</yandex>
X
cat >"$home/users.xml" <<X
<yandex>
  <profiles><default></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
X
clickhouse-server --config-file="$home/config.xml" >"$home/out" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server || true' EXIT
ask() { clickhouse-client --host 127.0.0.1 --port 19473 "$@"; }
tries=0
until ask -q 'SELECT 1' >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
  sleep 0.1
done
of() { echo "visitParamExtractString(line, '$1')"; }
ask -q "CREATE TABLE audit (line String,
  event String DEFAULT $(of event), code String DEFAULT $(of code), time DateTime DEFAULT parseDateTimeBestEffort($(of time)),
  user String DEFAULT $(of user), reviewer String DEFAULT $(of reviewer), updated_by String DEFAULT $(of updated_by),
  login String DEFAULT $(of login), sid String DEFAULT $(of sid), server_hostname String DEFAULT $(of server_hostname),
  addr String DEFAULT $(of addr.remote), command String DEFAULT $(of command), success String DEFAULT $(of success))
  ENGINE = MergeTree PARTITION BY tuple() ORDER BY (event, user, time)"
# A log line holds no byte 1, so it is one field of a CSV whose delimiter that is.
ask --format_csv_delimiter="$(printf '\001')" -q 'INSERT INTO audit (line) FORMAT CSV' <"$log"
ask -q 'OPTIMIZE TABLE audit FINAL'
# Parts that the merge replaced stay on the disk for a while and do not count.
ask -q "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'audit'" >"$home/bytes"
ask -q 'SELECT count() FROM audit'
