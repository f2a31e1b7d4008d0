#!/bin/sh
# Builds programs of tools/go.mod and tools/release/go.mod and links them into
# out/tools: build.sh NAME... They are kept in the user's cache by Go version
# and go.sum, since lnd and goreleaser take minutes. lnd is built for tests: the
# tag integration makes its key derivation fast and weak.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
recipe=2 # another number builds all anew
mkdir -p "$root/out/tools"

package() {
	case $1 in
	btcd) echo github.com/btcsuite/btcd ;;
	lnd) echo github.com/lightningnetwork/lnd/cmd/lnd ;;
	lncli) echo github.com/lightningnetwork/lnd/cmd/lncli ;;
	nfpm) echo github.com/goreleaser/nfpm/v2/cmd/nfpm ;;
	staticcheck) echo honnef.co/go/tools/cmd/staticcheck ;;
	govulncheck) echo golang.org/x/vuln/cmd/govulncheck ;;
	goreleaser) echo github.com/goreleaser/goreleaser/v2 ;;
	cyclonedx-gomod) echo github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod ;;
	*)
		echo "build.sh: no program $1 in tools/go.mod" >&2
		exit 2
		;;
	esac
}

for name; do
	case $name in
	goreleaser | cyclonedx-gomod) module=tools/release ;;
	*) module=tools ;;
	esac
	cd "$root/$module"
	key=$( (go version; cat go.sum; echo "$recipe") | sha256sum | cut -c1-16)
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/qpay/${module##*/}-$key
	mkdir -p "$cache"
	if [ ! -x "$cache/$name" ]; then
		tags=
		[ "$name" != lnd ] || tags="integration invoicesrpc"
		echo "tools: building $name (once; lnd and goreleaser take five minutes or so on two cores)"
		CGO_ENABLED=0 go build -trimpath -tags "$tags" -ldflags "-s -w" -o "$cache/$name.new" "$(package "$name")"
		mv "$cache/$name.new" "$cache/$name"
	fi
	ln -sfn "$cache/$name" "$root/out/tools/$name"
done
