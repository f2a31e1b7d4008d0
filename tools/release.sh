#!/bin/sh
# The release, from what `make packages sign` made: release.sh [FLAGS OF
# goreleaser release]. Without flags it uploads a draft, which needs a token in
# GITHUB_TOKEN and the owner in QPAY_OWNER; --snapshot stops before that. What was not signed is released
# by --snapshot alone.
set -eu
cd "$(dirname "$0")/.."
tools/build.sh goreleaser
from=out/signed
case " $* " in
*" --snapshot "*) [ -d out/signed ] || from=out/pkg ;;
esac
if [ ! -d "$from" ]; then
	echo "release: no $from: run make packages, then make sign KEY=FINGERPRINT" >&2
	exit 1
fi
rm -rf out/release
mkdir -p out/release
cp "$from"/* out/release/
# shellcheck source=/dev/null
. out/stage/settled
QPAY_OWNER=${QPAY_OWNER:-nobody} # of the repository that gets the draft
export VERSION SOURCE_DATE_EPOCH QPAY_OWNER
out/tools/goreleaser check
exec out/tools/goreleaser release --clean "$@"
