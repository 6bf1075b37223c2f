// xterm.js without a browser, found by XTERM_DIR (a folder with node_modules that
// holds @xterm/headless) or NODE_PATH.
//
//   node xterm.mjs version
//   node xterm.mjs COLS ROWS TIMES FILE...
//
// Prints as JSON what it took to feed each file in writes of 64 KiB, which suits
// it best, the median of so many times on a new screen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

const require = createRequire((process.env.XTERM_DIR ?? process.cwd()) + '/');
const { Terminal } = require('@xterm/headless');

async function feed(bytes, cols, rows) {
  const t = new Terminal({ cols, rows, scrollback: 1000, allowProposedApi: true });
  const begin = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += 65536) {
    await new Promise((done) => t.write(bytes.subarray(at, at + 65536), done));
  }
  const took = process.cpuUsage(begin);
  t.dispose();
  return (took.user + took.system) / 1e3;
}

async function main(cols, rows, times, files) {
  const out = [];
  for (const f of files) {
    const bytes = readFileSync(f);
    const took = [];
    for (let i = 0; i < times; i++) took.push(await feed(bytes, cols, rows));
    took.sort((a, b) => a - b);
    out.push({ work: basename(f, '.bin'), cpu_ms: took[times >> 1], rows: bytes.length });
  }
  console.log(JSON.stringify(out));
}

const [first, ...rest] = process.argv.slice(2);
if (first === 'version') console.log(require('@xterm/headless/package.json').version + ` (node ${process.version})`);
else await main(Number(first), Number(rest[0]), Number(rest[1]), rest.slice(2));
