# Thin targets; what they do stands in the commands.
.PHONY: build test race golden lint fmt fuzz-smoke bench torture demo

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

# Each fuzz target for a few seconds: enough to see that it runs.
fuzz-smoke:
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime 5s $$p || exit 1; done; done

# Our own figures, and those of the peers that are installed, on the same log.
bench:
	go run ./cmd/bench

# The long tests in full numbers: 100 rounds of three kills each.
torture:
	CORDON_TORTURE=100 go test -count=1 -timeout 60m -run Torture -v ./...

demo:
	go run ./cmd/cordon demo
