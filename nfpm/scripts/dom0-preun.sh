#!/bin/sh
# At the last removal, while the files are still there: a link that leads
# nowhere, below /srv, breaks every later run of Salt for all formulas.
[ "$1" -eq 0 ] || exit 0
if command -v qubesctl >/dev/null 2>&1; then
	qubesctl top.disable qpay >/dev/null 2>&1 || true
	qubesctl top.disable qpay pillar=true >/dev/null 2>&1 || true
fi
for link in /srv/salt/_tops/*/* /srv/pillar/_tops/*/*; do
	[ -L "$link" ] || continue
	case $(readlink "$link") in
	/srv/salt/qpay/* | /srv/pillar/*/qpay/*) rm -f "$link" ;;
	esac
done
exit 0
