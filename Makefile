# Thin targets; what they do stands in the commands.
.PHONY: build test race golden lint fmt fuzz fuzz-smoke bench torture demo

build:
	CGO_ENABLED=0 go build -o cordon ./cmd/cordon

test:
	go test ./...

race:
	go test -race ./...

golden:
	go test ./tui/... ./cmd/... -update

lint:
	go vet ./...
	go tool staticcheck ./...

fmt:
	go tool gofumpt -w .

# Each fuzz target for FUZZTIME, one worker; prints how many inputs each ran. Go
# would spend most of that on making inputs smaller: 20 tries are enough.
FUZZTIME ?= 2m
fuzz:
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  echo "$$p $$f: $$(date +%T)"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x -parallel 1 $$p | \
	  awk '/execs:/ { last = $$0; next } { print } /^FAIL|^--- FAIL/ { bad = 1 } END { print last; exit bad }' || exit 1; done; done

# Enough to see that each target runs.
fuzz-smoke:
	@$(MAKE) --no-print-directory fuzz FUZZTIME=5s

# Our own figures, and those of the peers that are installed, on the same log.
bench:
	go run ./cmd/bench

# The long tests in full numbers: 300 kills of an ingest of 100,000 events, and
# 60 full disks; over a test cluster 1,000 locks and unlocks with cuts, 100,000
# events through 50 reconnects, a million in flat memory.
torture:
	CORDON_TORTURE=300 go test -count=1 -timeout 120m -run Torture -v ./store ./store/teleport

demo:
	go run ./cmd/cordon demo
