#!/bin/sh
# Looks at the formula and its pillar: check.sh [FOLDER]. salt-lint and yamllint,
# then what no linter knows: a top that names no state, a state that would act
# in the wrong place, a secret that every management qube would get.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "${1:-$root/salt}"
export PYTHONWARNINGS=ignore
bad=0
say() {
	echo "salt: $*" >&2
	bad=1
}

if [ -e "$root/out/no-salt" ]; then
	echo "salt: not checked, since Salt 3006 needs Python 3.9 to 3.11" >&2
	exit 0
fi
if [ ! -x "$root/out/salt/bin/salt-lint" ]; then
	echo "salt: no salt-lint: run make deps" >&2
	exit 1
fi
# 204 is about long lines: a sentence of an error is one line.
find qpay -name '*.sls' -print0 | xargs -0 "$root/out/salt/bin/salt-lint" -x 204 || bad=1
"$root/out/salt/bin/yamllint" --strict -d '{extends: default, rules: {document-start: disable, comments-indentation: disable, line-length: {max: 100}}}' \
	pillar/qpay/init.sls || bad=1

# A state is named by its file: qpay.create is qpay/create.sls.
exists() {
	path=$1/$(echo "$2" | tr . /)
	[ -f "$path.sls" ] || [ -f "$path/init.sls" ]
}
states_of() { sed -nE 's/^ *- (qpay[A-Za-z0-9._-]*)$/\1/p' "$1"; }
for top in qpay/init.top pillar/qpay/init.top; do
	names=$(states_of "$top")
	[ -n "$names" ] || say "$top names nothing"
	for name in $names; do
		exists "${top%/qpay/init.top}" "$name" || exists . "$name" || say "$top names $name, which does not exist"
	done
	# dom0 alone: a pillar for others would tell them who else is enrolled.
	[ "$(sed -nE 's/^  ([^ #].*):$/\1/p' "$top")" = dom0 ] || say "$top is not for dom0 alone"
done
# So is what a file includes, and what the nested runs apply.
for file in qpay/*.sls; do
	names=$(sed -nE 's/^  - \.([a-z-]+)$/\1/p' "$file")
	for name in $names; do
		[ -f "qpay/$name.sls" ] || say "$file includes .$name, which does not exist"
	done
done
for part in install-server install-client remove; do
	[ -f "qpay/$part.sls" ] || say "there is no qpay/$part.sls"
done

# The first thing in each file is the guard of its place, the last its end.
for file in qpay/*.sls; do
	case $file in
	qpay/install-*.sls | qpay/remove.sls | qpay/signing-key.sls) guard="{%- if grains['nodename'] != 'dom0' %}" ;;
	*) guard="{%- if grains['id'] == 'dom0' %}" ;;
	esac
	# Without the comment at the top, which ends in "-#}".
	first=$(awk 'done && NF { print; exit } /#}$/ { done = 1 }' "$file")
	last=$(awk 'NF { line = $0 } END { print line }' "$file")
	[ "$first" = "$guard" ] || say "$file does not begin with $guard"
	[ "$last" = '{%- endif %}' ] || say "$file does not end with its guard"
	# Balanced: else the last endif could be another's.
	opened=$(grep -oE '\{%-? (if|for) ' "$file" | wc -l)
	closed=$(grep -oE '\{%-? end(if|for) ' "$file" | wc -l)
	[ "$opened" -eq "$closed" ] || say "$file opens $opened blocks and closes $closed"
done

# Each call into a template is one template, without dom0.
if grep -rhn 'qubesctl .*state\.apply qpay\.' qpay --include='*.sls' |
	grep -vE 'qubesctl --skip-dom0 --show-output --targets=\{\{ name \}\} -- state\.apply qpay\.'; then
	say "a nested qubesctl of another form, see above"
fi
# qvm.prefs writes in test mode too, so nobody may be told to try it first.
if grep -rniE 'test=true' . "$root/doc" "$root/README.md"; then
	say "test=True is no dry run in dom0, see above"
fi

# /srv/salt goes to every management disposable.
if find . -type f ! -name '*.sls' ! -name '*.top' ! -name '*.jinja' ! -name '*.policy' ! -name '*.md' | grep .; then
	say "files that do not belong to the formula, see above"
fi
if find . -type l | grep .; then
	say "a link below /srv that leads nowhere breaks every run of Salt, see above"
fi
if grep -rnE 'PRIVATE KEY|password *[:=]|[0-9a-fA-F]{40,}|[A-Za-z0-9+/]{60,}' .; then
	say "this looks like a secret, see above"
fi
[ $bad -eq 0 ] || exit 1
echo "salt: formula and pillar are fine"
