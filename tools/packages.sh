#!/bin/sh
# Builds every package into out/pkg, from nothing but the checkout. What each
# holds stands in nfpm/*.yaml; this fills out/stage with what those lists name
# and is not in the checkout. The result depends on the checkout alone, not on
# its folder, the clock, the umask or the language.
#
#   packages.sh                 all of it
#   packages.sh dom0 FROM TO    qpay-dom0 alone, with the packages of another
#                               folder in it, as make sign needs it
set -eu
cd "$(dirname "$0")/.."
umask 022
export LC_ALL=C TZ=UTC
stage=out/stage
[ "$(go env GOARCH)" = amd64 ] || {
	echo "packages: qpay-dialog is built with cgo, for this machine: that has to be amd64, as Qubes is" >&2
	exit 1
}

# The version and the time of all files: the last commit's, or the release's.
settle() {
	VERSION=${PKG_VERSION:-$(tools/version.sh)}
	if [ -z "${SOURCE_DATE_EPOCH-}" ]; then
		SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null ||
			date -d "$(sed -n 's/^  date: *//p' nfpm/changelog.yaml | head -n 1)" +%s)
	fi
	printf 'VERSION=%s\nSOURCE_DATE_EPOCH=%s\n' "$VERSION" "$SOURCE_DATE_EPOCH" >"$stage/settled"
}

programs() {
	release="VERSION=$VERSION LIBEXEC=/usr/libexec/qpay PROGRAM=/usr/bin/qpay"
	# The settings are meant to be split into words.
	# shellcheck disable=SC2086
	make client-programs server-programs dom0-programs BIN="$PWD/$stage/amd64" $release
	# shellcheck disable=SC2086
	GOARCH=arm64 make client-programs BIN="$PWD/$stage/arm64" $release
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$stage/release" ./internal/release
}

# What is linked into the programs of a package: the licences, which travel in
# it, and the list, which is published with it.
linked() {
	package=$1
	shift
	GOMODCACHE=$(go env GOMODCACHE) GOROOT=$(go env GOROOT) "$stage/release" notices "$@" >"$stage/notices/$package"
	gzip -9nk "$stage/notices/$package"
	at=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
	for program; do
		name=${program##*/}
		out/tools/cyclonedx-gomod bin -json -noserial -std -version "$VERSION" -output "$stage/sbom" "$program" 2>/dev/null
		sed "s/^    \"timestamp\": .*/    \"timestamp\": \"$at\",/" "$stage/sbom" >"out/pkg/$name.cdx.json"
	done
}

# What is in the checkout in another form.
made() {
	tools/extension.sh "$stage/extension"
	mkdir -p "$stage/man"
	for page in doc/man/*.1; do
		gzip -9nc "$page" >"$stage/man/${page##*/}.gz"
	done
}

# The newest entry is this version, also when it is no release.
changelog() {
	sed "0,/^- semver:.*/s//- semver: $VERSION-1/" nfpm/changelog.yaml >"$stage/changelog.yaml"
}

pack() {
	for kind in $2; do
		ARCH=$3 out/tools/nfpm package -f "$1" -p "$kind" -t "${4:-out/pkg}/" >/dev/null
	done
}

# Two packages of the same name but for the version; a glob finds the one.
only() {
	if [ $# -ne 1 ] || [ ! -f "$1" ]; then
		echo "packages: one file expected: $*" >&2
		exit 1
	fi
	echo "$1"
}

# What qpay-dom0 carries, from a folder.
bundle() {
	rm -rf "$stage/bundle"
	mkdir -p "$stage/bundle"
	for p in qpay-client qpay-server; do
		cp "$(only "$1/$p"_*_amd64.deb)" "$stage/bundle/$p.deb"
		cp "$(only "$1/$p"-*.x86_64.rpm)" "$stage/bundle/$p.rpm"
	done
	echo "$VERSION-1" >"$stage/bundle/version"
	# With signed packages comes the key; the list has a line for it.
	cp nfpm/dom0.yaml "$stage/dom0.yaml"
	if [ -e "$1/RPM-GPG-KEY-qpay" ]; then
		cp "$1/RPM-GPG-KEY-qpay" "$stage/bundle/"
		sed -i 's/^  # signed: /  /' "$stage/dom0.yaml"
	fi
}

if [ "${1-}" = dom0 ]; then
	from=$2 to=$3
else
	from=out/pkg to=out/pkg
	rm -rf "$stage" out/pkg
	mkdir -p "$stage/notices" out/pkg
	settle
fi
# shellcheck source=/dev/null
. "$stage/settled"
export VERSION SOURCE_DATE_EPOCH
if [ "${1-}" != dom0 ]; then
	programs
	made
	changelog
	linked qpay-client "$stage"/amd64/qpay "$stage"/amd64/qpay-native-host
	linked qpay-server "$stage"/amd64/qpay-server "$stage"/amd64/qpay-dialog
	linked qpay-dom0 "$stage"/amd64/qpay-camera
	pack nfpm/client.yaml "deb rpm" amd64
	pack nfpm/client.yaml "deb rpm" arm64
	pack nfpm/server.yaml "deb rpm" amd64
	"$stage/release" correct out/pkg/*.rpm
fi
bundle "$from"
pack "$stage/dom0.yaml" rpm amd64 "$to"
"$stage/release" correct "$to"/qpay-dom0-*.rpm
[ "${1-}" = dom0 ] || (cd out/pkg && sha256sum -- *.deb *.rpm *.json)
