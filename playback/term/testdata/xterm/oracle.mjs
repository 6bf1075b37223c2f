// The oracle: what xterm.js shows for the cases and the captures.
//
//   go test ./playback/term -run TestXterm -update      writes the cases' bytes
//   XTERM_DIR=DIR node playback/term/testdata/xterm/oracle.mjs   adds the screens
//   go test ./playback/term -run TestXterm -update      writes the differences
//
// DIR holds node_modules with @xterm/headless 6.0.0 and @xterm/addon-unicode11
// 0.9.0. It writes cases.jsonl and captures.jsonl.gz beside itself.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const require = createRequire((process.env.XTERM_DIR ?? process.cwd()) + '/');
const { Terminal } = require('@xterm/headless');
const { Unicode11Addon } = require('@xterm/addon-unicode11');
const here = import.meta.dirname;

// A recorded program draws for the size it was told, so lines are not wrapped
// anew by a resize, except where a case asks for it.
let reflow = false;
const probe = new Terminal({ allowProposedApi: true });
Object.defineProperty(Object.getPrototypeOf(probe._core.buffer), '_isReflowEnabled', {
  get() { return reflow && this._hasScrollback; },
});

class Oracle {
  constructor(cols, rows) {
    this.term = new Terminal({ cols, rows, scrollback: 1000, logLevel: 'off', reflowCursorLine: true, allowProposedApi: true });
    this.term.loadAddon(new Unicode11Addon());
    this.term.unicode.activeVersion = '11';
    this.title = '';
    this.term.onTitleChange((t) => { this.title = t; });
  }

  write(bytes) { return new Promise((done) => this.term.write(bytes, done)); }

  resize(cols, rows, wrapAnew) {
    reflow = wrapAnew;
    this.term.resize(cols, rows);
    reflow = false;
  }

  // dump is the state in the lines that dump_test.go writes for cordon's.
  dump() {
    const t = this.term;
    const b = t.buffer.active;
    const m = t.modes;
    const modes = [
      m.applicationCursorKeysMode && 'cursorkeys', m.applicationKeypadMode && 'keypad', m.bracketedPasteMode && 'paste',
      m.insertMode && 'insert', m.originMode && 'origin', m.sendFocusMode && 'focus', m.synchronizedOutputMode && 'synchronized',
      m.wraparoundMode && 'wrap', !t._core.coreService.isCursorHidden && 'cursor', m.mouseTrackingMode !== 'none' && 'mouse=' + m.mouseTrackingMode,
    ].filter(Boolean);
    const out = [
      `size ${t.cols}x${t.rows} cursor ${b.cursorX},${b.cursorY} ${b.type}`,
      `modes ${modes.join(' ')}`,
      `title ${this.title}`,
    ];
    for (let y = 0; y < t.rows; y++) this.row(out, `${y}`, b.baseY + y);
    const main = t.buffer.normal;
    out.push(`above ${main.baseY}`);
    if (b === main) for (let i = Math.max(main.baseY - 40, 0); i < main.baseY; i++) this.row(out, `${i - main.baseY}`, i);
    return out;
  }

  row(out, label, i) {
    const b = this.term.buffer.active;
    const line = b.getLine(i);
    let text = '';
    const wide = [];
    const runs = [];
    const cols = label < 0 ? line.length : this.term.cols; // a line may be longer than the screen is wide
    for (let x = 0; x < cols; x++) {
      const c = line.getCell(x);
      const cut = x === cols - 1 && c.getWidth() === 2;
      if (c.getWidth() !== 0) text += cut ? ' ' : c.getChars() || ' ';
      if (c.getWidth() === 2 && !cut) wide.push(x);
      const style = this.style(c);
      const last = runs.at(-1);
      if (last && last.style === style) last.to = x;
      else runs.push({ from: x, to: x, style });
    }
    text = text.replace(/ +$/, '');
    const styles = runs.filter((r) => r.style).map((r) => ` ${r.from}-${r.to}:${r.style}`).join('');
    const wraps = b.getLine(i + 1)?.isWrapped ? ' wraps' : '';
    const wides = wide.length ? ` wide=${wide}` : '';
    if (text || styles || wraps) out.push(`${label} ${JSON.stringify(text)}${wides}${wraps}${styles}`);
  }

  style(c) {
    let s = '';
    if (c.isBold()) s += 'b';
    if (c.isDim()) s += 'd';
    if (c.isItalic()) s += 'i';
    if (c.isUnderline()) s += 'u' + c.getUnderlineStyle();
    if (c.isBlink()) s += 'k';
    if (c.isInverse()) s += 'r';
    if (c.isInvisible()) s += 'h';
    if (c.isStrikethrough()) s += 's';
    if (c.isOverline()) s += 'o';
    if (!c.isFgDefault()) s += 'F' + colour(c.isFgRGB(), c.getFgColor());
    if (!c.isBgDefault()) s += 'B' + colour(c.isBgRGB(), c.getBgColor());
    if (c.isUnderline() && !c.isUnderlineColorDefault() && c.hasExtendedAttrs()) s += 'U' + colour(c.isUnderlineColorRGB(), c.getUnderlineColor());
    if (c.extended.urlId) s += 'L' + this.term._core._oscLinkService.getLinkData(c.extended.urlId)?.uri;
    return s;
  }
}

function colour(rgb, v) { return rgb ? '#' + v.toString(16).padStart(6, '0') : String(v); }

async function cases() {
  const file = path.join(here, 'cases.jsonl');
  const out = [];
  for (const line of fs.readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const c = JSON.parse(line);
    const o = new Oracle(c.cols, c.rows);
    for (const step of c.steps) {
      if (step.bytes) await o.write(Buffer.from(step.bytes, 'base64'));
      else o.resize(step.cols, step.rows, step.reflow ?? false);
    }
    c.screen = o.dump();
    out.push(JSON.stringify(c));
  }
  fs.writeFileSync(file, out.join('\n') + '\n');
  return out.length;
}

// frames reads a capture: a line with the size, then "oN" and N bytes of output,
// or "rCOLSxROWS" for a resize.
function frames(data) {
  const out = [];
  let at = 0;
  const line = () => {
    const end = data.indexOf(10, at);
    const s = data.toString('latin1', at, end);
    at = end + 1;
    return s;
  };
  const size = (s) => s.split('x').map(Number);
  const first = size(line());
  while (at < data.length) {
    const s = line();
    if (s[0] === 'r') {
      out.push({ size: size(s.slice(1)) });
      continue;
    }
    const n = Number(s.slice(1));
    out.push({ bytes: data.subarray(at, at + n) });
    at += n;
  }
  return { first, out };
}

const picturesEach = 16;

async function captures() {
  const folder = path.join(here, '..', 'captures');
  const out = [];
  for (const name of fs.readdirSync(folder).filter((f) => f.endsWith('.gz')).sort()) {
    const { first, out: list } = frames(zlib.gunzipSync(fs.readFileSync(path.join(folder, name))));
    const o = new Oracle(...first);
    const every = Math.max(1, Math.floor(list.length / picturesEach));
    for (const [i, f] of list.entries()) {
      if (f.size) o.resize(...f.size, false);
      else await o.write(f.bytes);
      if (i % every === every - 1 || f.size || list[i + 1]?.size || i === list.length - 1) {
        out.push(JSON.stringify({ capture: name.replace(/\.gz$/, ''), frame: i, screen: o.dump() }));
      }
    }
  }
  fs.writeFileSync(path.join(here, 'captures.jsonl.gz'), zlib.gzipSync(out.join('\n') + '\n', { level: 9 }));
  return out.length;
}

console.log(`${await cases()} cases, ${await captures()} pictures of captures`);
