# make          build the programs into out/bin
# make demo     pay a real invoice on a test network, in real windows
# make test     all tests; make check: all linters
# Each installs by itself what the machine lacks (make deps).

SHELL       := /bin/sh
MAKEFLAGS   += --no-print-directory
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# Where the programs are put, and where qpay-server looks for qpay-dialog.
# Packages set out/stage/amd64 and /usr/libexec/qpay.
BIN         ?= $(CURDIR)/out/bin
LIBEXEC     ?= $(BIN)
# Where qpay-native-host looks for qpay. Packages set /usr/bin/qpay.
PROGRAM     ?= $(BIN)/qpay
LDFLAGS     := -s -w -X main.version=$(VERSION)

# The dialog is the one program with cgo. Tests, linters and releases use the
# same flags: any other set compiles gotk3 again, which takes ten minutes.
DIALOG_ENV  := CGO_ENABLED=1 \
	CGO_CFLAGS="-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection" \
	CGO_LDFLAGS="-Wl,-z,relro,-z,now" \
	GOFLAGS="-trimpath -buildmode=pie -buildvcs=false"
DIALOG_PKGS := ./internal/dialog ./cmd/qpay-dialog
# The tags leave out what the library for command lines links for nothing: a
# converter of Markdown, and guesses at misspelt commands.
STATIC_TAGS := urfave_cli_no_docs,urfave_cli_no_suggest
STATIC_ENV  := CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false -tags=$(STATIC_TAGS)"

# Everything that needs no GTK (-find: without looking at what it imports).
PKGS         = $(shell CGO_ENABLED=0 go list -find ./... | grep -v -x -e qpay/internal/dialog -e qpay/cmd/qpay-dialog)
# What runs real programs, so that Go's test cache cannot know when it is stale.
SLOW         = $(filter qpay/test/%,$(PKGS))
FAST         = $(filter-out qpay/test/%,$(PKGS))
TEST_ENV    := QPAY_REQUIRE_TOOLS=1 QPAY_TOOLS=$(CURDIR)/out/tools QPAY_BIN=$(CURDIR)/out/bin

.PHONY: all build client-programs server-programs dom0-programs packages reproduce sign deps tools generate check test race fuzz demo bench bench-extension screenshots figures clean

all: build

deps:
	@tools/deps.sh
	@tools/salt/venv.sh

build: deps client-programs server-programs dom0-programs
	tools/extension.sh out/extension

client-programs:
	@mkdir -p $(BIN)
	$(STATIC_ENV) go build -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/qpay
	$(STATIC_ENV) go build -ldflags '$(LDFLAGS) -X main.program=$(PROGRAM)' -o $(BIN)/ ./cmd/qpay-native-host

server-programs:
	@mkdir -p $(BIN)
	$(STATIC_ENV) go build -ldflags '$(LDFLAGS) -X main.libexec=$(LIBEXEC)' -o $(BIN)/ ./cmd/qpay-server
	$(DIALOG_ENV) go build -ldflags '$(LDFLAGS) -linkmode=external' -o $(BIN)/ ./cmd/qpay-dialog

dom0-programs:
	@mkdir -p $(BIN)
	$(STATIC_ENV) go build -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/qpay-camera

tools: deps
	@tools/build.sh btcd lnd lncli

# The gRPC stubs, from their .proto files.
generate: deps
	tools/proto/generate.sh

check: deps build
	@tools/check.sh
	@tools/salt/check.sh
	$(STATIC_ENV) go vet $(PKGS)
	$(DIALOG_ENV) go vet $(DIALOG_PKGS)
	@tools/build.sh staticcheck govulncheck
	$(STATIC_ENV) out/tools/staticcheck $(PKGS)
	$(DIALOG_ENV) out/tools/staticcheck $(DIALOG_PKGS)
	tools/proto/generate.sh --check
	$(STATIC_ENV) go test -run Manual ./cmd/qpay ./cmd/qpay-server ./cmd/qpay-native-host ./internal/dom0/command
	@tools/js.sh
	tools/node.sh out/tools/js/node_modules/typescript/bin/tsc -p tools/js
	@tools/node.sh tools/js/lint.js out/extension
	@tools/vulncheck.sh

test: deps build tools packages
	@tools/build.sh goreleaser
	@tools/chroots.sh
	@tools/js.sh
	tools/node.sh --test extension/test/*.test.js
	$(TEST_ENV) CGO_ENABLED=1 go test -race -p 2 $(FAST)
	$(DIALOG_ENV) $(TEST_ENV) go test $(DIALOG_PKGS)
	$(TEST_ENV) CGO_ENABLED=0 go test -count=1 -p 2 -timeout 25m $(SLOW)

# A minute of each fuzz target; CI runs their seeds with the other tests.
FUZZTIME ?= 1m
fuzz:
	@tools/fuzz.sh $(FUZZTIME)

demo: build tools
	@$(TEST_ENV) CGO_ENABLED=0 go run ./test/demo

screenshots: build tools
	$(TEST_ENV) CGO_ENABLED=0 go run ./test/screenshots doc/screenshots $(PICTURES)
	$(TEST_ENV) CGO_ENABLED=0 go run ./test/browser/pictures doc/screenshots $(PICTURES)

bench: build tools
	$(STATIC_ENV) go test -run '^$$' -bench . ./internal/...

# What the extension costs a page: loads in turn with and without it.
bench-extension: build
	@CGO_ENABLED=0 go run ./test/browser/bench

# The figures of doc/figures.md.
figures: build tools
	@$(TEST_ENV) tools/figures.sh

# The packages, into out/pkg; see doc/packages.md.
packages: deps
	@tools/build.sh nfpm cyclonedx-gomod
	@tools/packages.sh

# Builds them twice, in different folders, and compares.
reproduce: deps
	@tools/build.sh nfpm cyclonedx-gomod
	@tools/reproduce.sh

# make sign KEY=FINGERPRINT: signed copies in out/signed.
sign:
	@tools/sign.sh $(KEY)

clean:
	rm -rf out
