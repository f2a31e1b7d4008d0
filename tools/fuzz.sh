#!/bin/sh
# Runs every fuzz target of the tree for a while: fuzz.sh [TIME]
set -eu
cd "$(dirname "$0")/.."
git ls-files -z -- '*_test.go' | xargs -0 grep -lE '^func Fuzz' | while read -r file; do
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' "$file" | while read -r target; do
		CGO_ENABLED=0 go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-1m}" "./$(dirname "$file")"
	done
done
