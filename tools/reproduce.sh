#!/bin/sh
# Builds all packages twice and compares every byte: here, and from a copy of
# the checkout in another-folder, with another umask, language, time zone and
# home, a minute later or more. The second time compiles everything anew,
# gotk3 for ten minutes; --cached takes what is compiled, and for the first the
# packages that are there: tests beside it read them. Prints the hashes.
set -eu
cd "$(dirname "$0")/.."
here=$PWD
there=$(mktemp -d)
trap 'chmod -R u+w "$there" && rm -rf "$there"' EXIT

[ "${1-}" = --cached ] || tools/packages.sh >/dev/null
# The same checkout, and nothing else that lies here.
mkdir -p "$there/another-folder" "$there/home" "$there/tmp"
cd "$there/another-folder"
# The inner script is sh's own.
# shellcheck disable=SC2016
git -C "$here" ls-files -z --cached --others --exclude-standard |
	(cd "$here" && xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh) |
	tar -C "$here" --null -T - -cf - | (umask 077 && tar -xf - --no-same-permissions)
mkdir -p out/tools
for tool in nfpm cyclonedx-gomod; do
	ln -s "$(readlink "$here/out/tools/$tool")" "out/tools/$tool"
done
cache=$there/cache
[ "${1-}" != --cached ] || cache=$(go env GOCACHE)
# A copy has no history: the version and the time come with it.
# shellcheck source=/dev/null
. "$here/out/stage/settled"
umask 077
env GOCACHE="$cache" GOMODCACHE="$(go env GOMODCACHE)" GOPATH="$(go env GOPATH)" HOME="$there/home" TMPDIR="$there/tmp" \
	LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=Pacific/Kiritimati \
	PKG_VERSION="$VERSION" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" tools/packages.sh >/dev/null

differs=
for dir in out/pkg out/stage/amd64 out/stage/arm64 out/stage/extension; do
	diff -r "$here/$dir" "$dir" || differs=1
done
(cd "$here/out" && sha256sum -- stage/a*64/* stage/extension/*.xpi pkg/*)
if [ -n "$differs" ]; then
	echo "reproduce: the two builds differ, see above" >&2
	exit 1
fi
echo "reproduce: both builds are the same"
