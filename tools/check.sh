#!/bin/sh
# The checks that are no program's of their own: formatting, shell scripts,
# characters that look like others or like nothing.
set -eu
cd "$(dirname "$0")/.."

bad=$(gofmt -l cmd internal test)
if [ -n "$bad" ]; then
	echo "gofmt: run gofmt -w on:" "$bad" >&2
	exit 1
fi

git ls-files -z -- '*.sh' .ci/run | xargs -0 shellcheck

# Bidirectional and invisible characters can hide what code does (CVE-2021-42574).
# Tests write them as escapes.
if git ls-files -z -- '*.go' '*.sh' '*.proto' '*.md' '*.ui' '*.css' '*.sls' '*.jinja' '*.top' '*.policy' '*.py' '*.js' '*.html' '*.json' Makefile .ci/run |
	xargs -0 grep -nP '[\x{00AD}\x{061C}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]'; then
	echo "check: invisible or bidirectional characters, see above" >&2
	exit 1
fi
echo "check: format, scripts and characters are fine"
