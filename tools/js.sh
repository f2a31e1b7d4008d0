#!/bin/sh
# Installs the JavaScript tools of tools/js/package-lock.json and links them as
# out/tools/js. They are kept in the user's cache by the lock file; no package
# runs a script of its own.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/tools/js"
key=$( (cat package.json package-lock.json) | sha256sum | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/qpay/js-$key
if [ ! -d "$cache" ]; then
	echo "tools: installing the JavaScript tools (once)"
	rm -rf "$cache.new"
	mkdir -p "$cache.new"
	cp package.json package-lock.json "$cache.new/"
	(cd "$cache.new" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
	mv "$cache.new" "$cache"
fi
mkdir -p "$root/out/tools"
ln -sfn "$cache" "$root/out/tools/js"
