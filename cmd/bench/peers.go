package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The peers' own scripts. Each does what its engine is best at.
var (
	//go:embed peers/duckdb.mjs
	duckdbScript string
	//go:embed peers/sqlite.sql
	sqliteScript string
	//go:embed peers/lnav.json
	lnavFormat string
	//go:embed peers/clickhouse.sh
	clickhouseScript string
	//go:embed peers/pivots.jq
	pivotsScript string
)

// peer is a tool to measure against.
type peer struct {
	key   string
	title string
	// programs must be there; ask is the command that tells the version.
	programs []string
	ask      []string
	ingest   func(*bench, context.Context) ([]sample, error) // nil: it has no store
	store    string                                          // what its store is, where it has one
}

const (
	keyDuckDB = "duckdb"
	keyScan   = "rg"
)

var peers = []peer{
	{keyDuckDB, "DuckDB", []string{"node"}, nil, (*bench).ingestDuckDB, "26 columns and the line"},
	{"sqlite3", "sqlite3", []string{"sqlite3"}, []string{"sqlite3", "--version"}, (*bench).ingestSQLite, "the line, indexes over generated columns"},
	{"lnav", "lnav", []string{"lnav"}, []string{"lnav", "-V"}, (*bench).indexLnav, "an index in memory, nothing kept"},
	{"clickhouse", "ClickHouse", []string{"clickhouse-server", "clickhouse-client"}, []string{"clickhouse-client", "--version"}, (*bench).ingestClickHouse, "12 columns and the line"},
	{keyScan, "ripgrep and jq", []string{"rg", "jq"}, []string{"rg", "--version"}, nil, ""},
}

func peerKeys() []string {
	out := make([]string, len(peers))
	for i, p := range peers {
		out[i] = p.key
	}
	return out
}

// checkPeers checks the value of -peers.
func checkPeers(list string) error {
	for key := range strings.SplitSeq(list, ",") {
		if list != "all" && list != "none" && !slices.Contains(peerKeys(), key) {
			return fmt.Errorf("-peers: %q is none of all, none, %s", key, strings.Join(peerKeys(), ", "))
		}
	}
	return nil
}

// wanted reports whether -peers names the peer.
func (b *bench) wanted(key string) bool {
	return b.peers == "all" || slices.Contains(strings.Split(b.peers, ","), key)
}

// missing says why a peer cannot run; empty when it can. A peer that can adds its
// version to the results.
func (b *bench) missing(ctx context.Context, p peer, res *results) string {
	for _, name := range p.programs {
		if _, err := exec.LookPath(name); err != nil {
			return notInstalled
		}
	}
	ask := p.ask
	if p.key == keyDuckDB {
		if err := os.WriteFile(b.at("duckdb.mjs"), []byte(duckdbScript), 0o644); err != nil {
			return "failed: " + err.Error()
		}
		ask = []string{"node", b.at("duckdb.mjs"), "version"}
	}
	text, err := b.answer(ctx, ask)
	if err != nil {
		return notInstalled
	}
	if p.key != keyDuckDB {
		text = versionIn(text)
	}
	if p.key == keyScan {
		jq, err := b.answer(ctx, []string{"jq", "--version"})
		if err != nil {
			return notInstalled
		}
		text += ", jq " + versionIn(jq)
	}
	res.Versions = append(res.Versions, version{p.title, text})
	return ""
}

// versionIn picks the version number out of what a program says about itself.
func versionIn(text string) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' || r == ',' }) {
		if word[0] >= '0' && word[0] <= '9' {
			return strings.TrimRight(word, ".")
		}
	}
	return text
}

// answer is the first line that a command prints; it is not measured.
func (b *bench) answer(ctx context.Context, argv []string) (string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = b.dir, b.env
	out, err := cmd.Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(line), err
}

// The kinds of work, in the order in which they are measured.
const (
	groupIngest  = "ingest"
	groupAsk     = "ask"     // inside one process
	groupProcess = "process" // a command from start to end
)

// workIngest is the one piece of work of an ingest.
const workIngest = "ingest"

// groups lists who is measured against whom at what.
func (b *bench) groups(ctx context.Context, res *results) []group {
	ingest := group{name: groupIngest, ours: b.ingestCordon}
	ask := group{name: groupAsk, ours: b.probeCordon}
	whole := group{name: groupProcess, ours: b.processCordon}
	for _, p := range peers {
		if !b.wanted(p.key) {
			continue
		}
		missing := b.missing(ctx, p, res)
		if p.ingest != nil {
			run := func(ctx context.Context) ([]sample, error) { return p.ingest(b, ctx) }
			ingest.against = append(ingest.against, opponent{p.title + ": " + p.store, run, missing})
		}
		switch p.key {
		case keyDuckDB:
			ask.against = append(ask.against, opponent{p.title, b.probeDuckDB, missing})
		case keyScan:
			whole.against = append(whole.against, opponent{p.title, b.processScan, missing})
		}
	}
	all := []group{ingest, ask, whole}
	return slices.DeleteFunc(all, func(g group) bool { return b.only != "" && b.only != g.name })
}

func (b *bench) ingestDuckDB(ctx context.Context) ([]sample, error) {
	db := b.at("duck.db")
	return b.ingestWith(ctx, process{argv: []string{"node", b.at("duckdb.mjs"), "ingest", b.log, db}}, db, db+".wal")
}

func (b *bench) ingestSQLite(ctx context.Context) ([]sample, error) {
	db := b.at("sqlite.db")
	script := strings.ReplaceAll(sqliteScript, "LOGFILE", fmt.Sprintf("%q", b.log))
	return b.ingestWith(ctx, process{argv: []string{"sqlite3", "-batch", db}, stdin: script}, db, db+"-wal")
}

// indexLnav has lnav read the file and count: it keeps nothing, so every start of
// it costs this again.
func (b *bench) indexLnav(ctx context.Context) ([]sample, error) {
	format := b.at(filepath.Join("lnav", "formats", "teleport", "format.json"))
	if err := os.MkdirAll(filepath.Dir(format), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(format, []byte(lnavFormat), 0o644); err != nil {
		return nil, err
	}
	return b.ingestWith(ctx, process{argv: []string{
		"lnav", "-n", "-I", b.at("lnav"), "-c", ";SELECT count(*) AS n FROM teleport_audit", "-c", ":write-csv-to -", b.log,
	}})
}

func (b *bench) ingestClickHouse(ctx context.Context) ([]sample, error) {
	script, data := b.at("clickhouse.sh"), b.at("clickhouse")
	if err := os.WriteFile(script, []byte(clickhouseScript), 0o644); err != nil {
		return nil, err
	}
	run, err := b.ingestWith(ctx, process{argv: []string{"sh", script, b.log, data}}, data)
	if err != nil {
		return nil, err
	}
	size, err := os.ReadFile(filepath.Join(data, "bytes"))
	if err != nil {
		return nil, err
	}
	run[0].Store, err = lastNumber(size)
	return run, err
}

// ingestWith removes a store, runs the process that makes it, and reads the number
// of rows from what it prints last. The size of a folder is for the caller to find.
func (b *bench) ingestWith(ctx context.Context, p process, store ...string) ([]sample, error) {
	for _, path := range store {
		if err := os.RemoveAll(path); err != nil {
			return nil, err
		}
	}
	s, out, err := b.spend(ctx, p)
	if err != nil {
		return nil, err
	}
	n, err := lastNumber(out)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.argv[0], err)
	}
	return []sample{sampleOf(workIngest, s, n, sizeOf(store...))}, nil
}

// lastNumber reads the last line as a whole number.
func lastNumber(out []byte) (int64, error) {
	var n int64
	last := strings.Trim(lastLine(out), "\" \r")
	if _, err := fmt.Sscanf(last, "%d", &n); err != nil || fmt.Sprint(n) != last {
		return 0, fmt.Errorf("expected a number of rows, not %q", last)
	}
	return n, nil
}

func (b *bench) probeDuckDB(ctx context.Context) ([]sample, error) {
	db := b.at("duck.db")
	if err := dropCache(db); err != nil {
		return nil, err
	}
	_, out, err := b.spend(ctx, process{argv: []string{"node", b.at("duckdb.mjs"), "ask", db, b.identity, b.command, b.text}})
	if err != nil {
		return nil, err
	}
	return parseSamples(out)
}

// scanPivots is the pipeline for all eight pivots: the plain filter first, because
// jq alone takes a hundred times as long.
const scanPivots = `rg -F -e "$1" "$2" | jq -c --arg u "$1" -f "$3" | wc -l`

// scanCommands looks for the plain text first and then at what holds it, which is
// seven times as fast as one regular expression for both.
const scanCommands = `rg -F -e "$1" "$2" | rg '"event":"exec"' | rg -c -e "$3"`

func (b *bench) processScan(ctx context.Context) ([]sample, error) {
	script := b.at("pivots.jq")
	if err := os.WriteFile(script, []byte(pivotsScript), 0o644); err != nil {
		return nil, err
	}
	command := `"command":"[^"]*` + strings.ReplaceAll(b.command, ".", `\.`)
	return b.processes(ctx, []work{
		{workProcessPivot, []string{"sh", "-c", scanPivots, "-", b.identity, b.log, script}},
		{workCommands, []string{"sh", "-c", scanCommands, "-", b.command, b.log, command}},
		{workAnyField, []string{"rg", "-c", "-F", "-e", b.text, b.log}},
	}, lastNumber)
}

// eventsOf reads the number of events out of what `cordon ingest --json` prints.
func eventsOf(out []byte) (int64, error) {
	var answer struct {
		Added struct {
			Events     int64 `json:"events"`
			Duplicates int64 `json:"duplicates"`
			Rejects    int64 `json:"rejects"`
		} `json:"added"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return 0, fmt.Errorf("read the answer of ingest: %w", err)
	}
	return answer.Added.Events + answer.Added.Duplicates + answer.Added.Rejects, nil
}
