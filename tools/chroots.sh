#!/bin/sh
# Makes the roots of Debian 12 and 13 in which test/packages installs: minimal
# ones with what our packages depend on and what looks at them. They are made
# once, as root, into the user's cache, from the mirror that this machine uses;
# the tests put a layer over them and need no network. Links them into
# out/chroots. Without root or without apt there is nothing to be made; the
# tests say so.
set -eu
cd "$(dirname "$0")/.."
mkdir -p out/chroots
if [ "$(id -u)" -ne 0 ]; then
	echo "chroots: not root: the tests that install packages will be skipped" >&2
	exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v mmdebstrap >/dev/null; then
	echo "chroots: no apt-get or mmdebstrap here: the tests that install packages cannot run" >&2
	exit 0
fi

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
# The format is apt's.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
	awk -v release="$codename" '$2 == release && $3 == "main" { print $1; exit }')
if [ -z "$mirror" ]; then
	echo "chroots: apt knows no mirror of Debian $codename main" >&2
	exit 1
fi
recipe=1 # another number makes all anew
common="dpkg-dev gnupg rpm systemd init-system-helpers desktop-file-utils xdg-utils man-db bash-completion zsh fish"

make_root() {
	suite=$1
	shift
	packages=$(echo "$common" "$@" | tr ' ' ,)
	key=$(echo "$recipe $suite $packages" | sha256sum | cut -c1-16)
	root=${XDG_CACHE_HOME:-$HOME/.cache}/qpay/debian-$suite-$key
	if [ ! -d "$root" ]; then
		echo "chroots: making Debian $suite (once; a few minutes)"
		rm -rf "$root.new"
		# No documentation and no languages: half the files. dpkg forgets that
		# again before our packages come.
		# The hooks are expanded by mmdebstrap's shell.
		# shellcheck disable=SC2016
		mmdebstrap --quiet --variant=minbase --include="$packages" \
			--dpkgopt='force-unsafe-io' \
			--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
			--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/help/*' \
			--customize-hook='echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"' \
			--customize-hook='rm -rf "$1"/var/lib/apt/lists/*' \
			"$suite" "$root.new" "deb $mirror $suite main"
		mv "$root.new" "$root"
	fi
	ln -sfn "$root" "out/chroots/$suite"
}

make_root bookworm libgtk-3-0 appstream python3
make_root trixie libgtk-3-0t64 lintian rpmlint dnf createrepo-c
