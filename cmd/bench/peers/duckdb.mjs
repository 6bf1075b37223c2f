// DuckDB through its package for node, found by DUCKDB_DIR (a folder with
// node_modules) or NODE_PATH.
//
//   node duckdb.mjs version
//   node duckdb.mjs ingest LOG DB                     prints the number of rows
//   node duckdb.mjs ask DB IDENTITY COMMAND TEXT      prints figures as JSON
//
// The store keeps what an evidence store must: the columns that the questions
// use, typed, and the line itself.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const require = createRequire((process.env.DUCKDB_DIR ?? process.cwd()) + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const [verb, ...args] = process.argv.slice(2);
const quote = (s) => "'" + s.replaceAll("'", "''") + "'";

async function connect(path) {
  const db = await DuckDBInstance.create(path);
  const c = await db.connect();
  return async (sql) => (await c.runAndReadAll(sql)).getRows();
}

async function version() {
  const sql = await connect(':memory:');
  const [[v]] = await sql('SELECT version()');
  console.log(`${v} (node ${process.version})`);
}

async function ingest(log, path) {
  const sql = await connect(path);
  const at = (name, as = name) => `json ->> '$."${name}"' AS "${as}"`;
  const texts = ['event', 'code', 'uid', 'reviewer', 'updated_by', 'login', 'sid', 'server_hostname', 'command', 'success', 'name',
    'proto', 'with_mfa', 'impersonator', 'db_protocol', 'db_user', 'node_name', 'host_id'];
  const columns = [...texts.map((n) => at(n)), at('addr.remote', 'addr'),
    `json ->> '$.trusted_device.device_id' AS device`,
    ...['access_requests', 'kubernetes_groups'].map((n) => `CAST(json -> '$.${n}' AS VARCHAR[]) AS ${n}`),
    `CAST(json ->> '$.identity.expires' AS TIMESTAMP) AS expires`, `CAST(json ->> '$.token_expires' AS TIMESTAMP) AS token_expires`];
  await sql(`CREATE TABLE audit AS SELECT CAST(json ->> '$.time' AS TIMESTAMP) AS time,
    coalesce(json ->> '$.user', json ->> '$.identity.user') AS "user", ${columns.join(', ')}, json AS line
    FROM read_ndjson_objects(${quote(log)}, maximum_object_size = 67108864)`);
  await sql('CHECKPOINT');
  const [[n]] = await sql('SELECT count(*) FROM audit');
  console.log(String(n));
}

// questions are everything that is asked, by the names that the tables use.
function questions(identity, command, text) {
  const u = quote(identity);
  const rows = 'SELECT time, event, uid, command FROM audit WHERE ';
  const byDay = `SELECT ${day}, "user", count(*)`;
  return {
    'pivot access_requests': `${rows} (event = 'access_request.create' AND "user" = ${u}) OR (event = 'access_request.review' AND (reviewer = ${u} OR "user" = ${u})) ORDER BY time`,
    'pivot join_tokens': `${rows} event = 'join_token.create' AND "user" = ${u} ORDER BY time`,
    'pivot users': `${rows} event IN ('user.create', 'user.update') AND ("user" = ${u} OR updated_by = ${u}) ORDER BY time`,
    'pivot certificates': `${rows} event = 'cert.create' AND "user" = ${u} ORDER BY time`,
    'pivot access_lists': `${rows} starts_with(event, 'access_list.member.') AND updated_by = ${u} ORDER BY time`,
    'pivot sessions': `${rows} event = 'session.start' AND "user" = ${u} ORDER BY time`,
    'pivot commands': `${rows} event = 'exec' AND "user" = ${u} ORDER BY time`,
    'pivot logins': `${rows} event = 'user.login' AND "user" = ${u} ORDER BY time`,
    'substring in commands': `${rows} event = 'exec' AND contains(command, ${quote(command)})`,
    'substring in any field': `${rows} contains(CAST(line AS VARCHAR), ${quote(text)})`,
    'report sessions as root, by day and user': `${byDay} FROM audit WHERE event = 'session.start' AND login = 'root' GROUP BY ALL`,
    'report certificates, by day and user': `${byDay} FROM audit WHERE event = 'cert.create' GROUP BY ALL`,
    'report commands and hosts, by day and user': `${byDay}, count(DISTINCT server_hostname) FROM audit WHERE event = 'exec' GROUP BY ALL`,
    'report access requests, by day and user': `${byDay} FROM audit WHERE event = 'access_request.create' GROUP BY ALL`,
    'report failed logins, by day and user': `${byDay} FROM audit WHERE event = 'user.login' AND code LIKE '%W' GROUP BY ALL`,
    'Privileged Access Report': privilegedAccess,
  };
}

// privilegedAccess are the nine questions of the report, as cordon is asked them.
const day = 'CAST(time AS DATE)';
const weak = 'len(access_requests) IS NULL AND with_mfa IS NULL AND impersonator IS NULL AND device IS NULL';
const privilegedAccess = [
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'db.session.start' AND ${weak} GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'session.start' AND proto = 'ssh' AND ${weak} GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'kube.request' AND ${weak} GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'db.session.start' AND db_protocol = 'postgres' AND db_user = 'postgres' GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'exec' AND proto = 'kube' GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'cert.create' AND expires - time > INTERVAL 1 DAY GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), node_name, host_id FROM audit WHERE event = 'instance.join' AND token_expires - time > INTERVAL 1 DAY GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'session.start' AND login = 'root' GROUP BY ALL ORDER BY 1`,
  `SELECT ${day}, count(*), "user" FROM audit WHERE event = 'kube.request' AND list_contains(kubernetes_groups, 'system:masters') GROUP BY ALL ORDER BY 1`,
];

// answerOf is a hash of the rows of an answer, whatever their order: cordon hashes
// its own the same way.
function answerOf(tables) {
  const sum = createHash('sha256');
  for (const rows of tables) {
    const lines = rows.map((row) => row.map((v) => (v === null ? '\\N' : String(v))).join('\t'));
    sum.update(lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('\n') + '\n\n');
  }
  return sum.digest('hex').slice(0, 16);
}

function median(list) {
  list.sort((a, b) => a - b);
  const half = list.length >> 1;
  return list.length % 2 ? list[half] : (list[half - 1] + list[half]) / 2;
}

async function measured(work, f) {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const rows = await f();
  const wall_ms = performance.now() - begin;
  const spent = process.cpuUsage(cpu);
  return { work, rows, wall_ms, cpu_ms: (spent.user + spent.system) / 1000 };
}

// again asks some more times, fewer where one time takes long.
async function again(work, f) {
  const runs = [];
  for (let spent = 0; runs.length < 5 && (runs.length < 2 || spent < 2000); spent += runs.at(-1).wall_ms) runs.push(await measured(work, f));
  return { work, rows: runs[0].rows, wall_ms: median(runs.map((r) => r.wall_ms)), cpu_ms: median(runs.map((r) => r.cpu_ms)) };
}

async function ask(path, identity, command, text) {
  statSync(path); // DuckDB would make a database that is not there.
  let sql;
  const out = [await measured('open the store', async () => { sql = await connect(path); return 0; })];
  const rows = async (q) => (await sql(q)).length;
  const all = Object.entries(questions(identity, command, text));
  const pivots = all.filter(([work]) => work.startsWith('pivot '));
  out.push(await measured('eight pivots, first time', async () => {
    let n = 0;
    for (const [, q] of pivots) n += await rows(q);
    return n;
  }));
  const total = { work: 'eight pivots, again', rows: 0, wall_ms: 0, cpu_ms: 0 };
  for (const [work, q] of pivots) {
    const s = await again(work, () => rows(q));
    for (const key of ['rows', 'wall_ms', 'cpu_ms']) total[key] += s[key];
    out.push(s);
  }
  out.push(total);
  for (const [work, q] of all.slice(pivots.length)) {
    const list = [q].flat();
    const tables = [];
    for (const one of list) tables.push(await sql(one)); // once before, as the pivots were
    const s = await again(work, async () => {
      let n = 0;
      for (const one of list) n += await rows(one);
      return n;
    });
    out.push(list.length > 1 || work.startsWith('report ') ? { ...s, answer: answerOf(tables) } : s);
  }
  console.log(JSON.stringify(out));
}

await { version, ingest, ask }[verb](...args);
