#!/bin/sh
# Puts the browser extension together: extension.sh OUT makes OUT/firefox,
# OUT/chromium and OUT/webln@qpay.xpi. There is no build step: a folder holds
# the files as they are, with the manifest of that browser.
set -eu
mkdir -p "${1:?where to?}"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
# Firefox sees an update by the time of the .xpi alone, so that every release
# needs its own; two builds of one release have the same.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 1000000000)}"
cd extension

files=$(echo page.js content.js background/*.js window/*.html window/*.js window/*.css icons/*.png)
for browser in firefox chromium; do
	rm -rf "${out:?}/$browser"
	mkdir -p "$out/$browser"
	# The list is meant to be split into words.
	# shellcheck disable=SC2086
	cp --parents $files "$out/$browser/"
	cp "manifest.$browser.json" "$out/$browser/manifest.json"
	find "$out/$browser" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
	find "$out/$browser" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
done

xpi=$out/webln@qpay.xpi
rm -f "$xpi"
cd "$out/firefox"
find . -type f | sed 's|^\./||' | LC_ALL=C sort | TZ=UTC zip -X -9 -q "$xpi" -@
touch -d "@$SOURCE_DATE_EPOCH" "$xpi"
