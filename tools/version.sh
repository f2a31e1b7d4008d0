#!/bin/sh
# The version of the packages, on standard output: that of the newest entry of
# nfpm/changelog.yaml where the checkout is at its tag, else with ~git… behind
# it, which dpkg and rpm both take for older than the release.
set -eu
cd "$(dirname "$0")/.."
newest=$(sed -n 's/^- semver: *//p' nfpm/changelog.yaml | head -n 1)
if ! git rev-parse --git-dir >/dev/null 2>&1; then
	echo "$newest" # an unpacked release
	exit 0
fi
dirty=$(git status --porcelain --untracked-files=no | head -n 1)
if [ "$(git describe --tags --exact-match 2>/dev/null)" = "v$newest" ] && [ -z "$dirty" ]; then
	echo "$newest"
	exit 0
fi
echo "$newest~git$(git rev-list --count HEAD).$(git rev-parse --short=8 HEAD)${dirty:+.dirty}"
