#!/bin/sh
# Makes the Go files of internal/server/lnd/*rpc from their .proto files, with
# pinned generators. Needs protoc. With --check it only tells whether the
# committed files are what it would make.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root/tools/proto" && CGO_ENABLED=0 go build -o "$work/bin/" tool)
mkdir "$work/out"
PATH="$work/bin:$PATH" protoc -I "$root/internal/server/lnd" \
	--go_out="$work/out" --go_opt=module=qpay \
	--go-grpc_out="$work/out" --go-grpc_opt=module=qpay \
	lnrpc/lightning.proto routerrpc/router.proto
# The version of protoc differs between distributions and changes nothing else.
find "$work/out" -name '*.go' -exec sed -i -E '/^\/\/ .*protoc +v/d' {} +
if [ "${1-}" = --check ]; then
	for f in $(cd "$work/out" && find . -name '*.go'); do
		cmp -s "$work/out/$f" "$root/$f" || {
			echo "$f is not what its .proto gives: run make generate" >&2
			exit 1
		}
	done
else
	cp -r "$work/out/." "$root/"
fi
