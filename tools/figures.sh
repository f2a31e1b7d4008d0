#!/bin/sh
# The figures of doc/figures.md, measured here and now, as rows of its tables.
set -eu
cd "$(dirname "$0")/.."
CGO_ENABLED=0 go run ./test/figures
for program in qpay qpay-native-host qpay-server qpay-dialog; do
	modules=$(go version -m "out/bin/$program" | grep -c '^	dep' || true)
	size=$(stat -c %s "out/bin/$program")
	echo "| $program | $modules modules linked | $((size / 1000)) kB |"
done
CGO_ENABLED=0 go test -count=1 -v -run TestCountTrustedLines ./internal/boundary | sed -nE 's/^.*(all trusted Go.*)$/| \1 |/p'
