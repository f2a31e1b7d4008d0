#!/bin/sh
# Makes the virtual environment with Salt and its linters, once for each content
# of requirements.txt, in the user's cache, and links it to out/salt. pip checks
# every file against the hashes there; nothing else is fetched, not for building
# either.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root/tools/salt"

# Salt 3006 needs modules that Python 3.13 no longer has.
python=
for name in python3 python3.11 python3.10 python3.9; do
	if "$name" -c 'import sys, ensurepip; sys.exit(not (3, 9) <= sys.version_info < (3, 12))' 2>/dev/null; then
		python=$name
		break
	fi
done
if [ -z "$python" ]; then
	echo "salt: no Python 3.9 to 3.11 with ensurepip here (Debian 12: python3-venv); tests of salt/ are skipped" >&2
	mkdir -p "$root/out"
	rm -f "$root/out/salt"
	touch "$root/out/no-salt" # what needs it skips, and says why
	exit 0
fi

key=$( ("$python" -VV; cat requirements.txt venv.sh) | sha256sum | cut -c1-16)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/qpay/salt-$key
mkdir -p "$root/out"
if [ ! -e "$venv/complete" ]; then
	echo "salt: making the virtual environment with Salt (once; half a minute or so)"
	rm -rf "$venv"
	"$python" -m venv "$venv"
	# The builders first: with them, building needs no isolation, which would
	# fetch its own.
	sed -nE '/^(setuptools|wheel)==/,/[^\\]$/p' requirements.txt >"$venv/builders.txt"
	for list in "$venv/builders.txt" requirements.txt; do
		"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r "$list"
	done
	touch "$venv/complete"
fi
rm -f "$root/out/no-salt"
ln -sfn "$venv" "$root/out/salt"
