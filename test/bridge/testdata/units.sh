#!/bin/sh
# Runs the bridge's units under a systemd --user of its own, as root in new
# mount, network and process namespaces: units.sh UNITS QPAY DIR
set -eu
units=$1 qpay=$2 dir=$3
uid=4242
fail() {
	echo "units.sh: $*" >&2
	cat "$dir/systemd.log" >&2
	exit 1
}
# What a container may lack is no fault of the units: 77 is "skipped".
need() { "$@" || { echo "units.sh: not possible here: $*"; exit 77; }; }
as_user() { setpriv --reuid $uid --regid $uid --clear-groups "$@"; }

need mount --make-rprivate /
need mount -t proc proc /proc
need ip link set lo up
cp -r "$units" "$dir/units"
cp "$qpay" "$dir/qpay"
chmod 755 "$dir"

# What a qube has: /run with dom0's word, a home, qpay, qrexec-client-vm.
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/systemd/unit-root /run/systemd/mount-rootfs /run/qubes-service /run/user/$uid
chown $uid:$uid /run/user/$uid
chmod 700 /run/user/$uid
mkdir "$dir/upper" "$dir/work" "$dir/layers"
mount -t tmpfs tmpfs "$dir/layers" # an overlay cannot lie on an overlay
mkdir "$dir/layers/upper" "$dir/layers/work"
cp "$dir/qpay" "$dir/layers/upper/qpay"
cat >"$dir/layers/upper/qrexec-client-vm" <<-'CLIENT'
	#!/bin/sh
	# Who runs this, and what it can do that it should not.
	read -r request
	touch /usr/x 2>/dev/null && can=writes
	[ -z "$(ls -A /home 2>/dev/null)" ] || can="$can reads"
	curl -s -o /dev/null http://127.0.0.1:9876/ && can="$can connects"
	echo '{"v":1,"methods":[],"alias":"'"$(id -u) can:$can"'","network":"n","version":"1"}'
CLIENT
chmod 755 "$dir/layers/upper"/*
need mount -t overlay overlay -o "lowerdir=/usr/bin,upperdir=$dir/layers/upper,workdir=$dir/layers/work" /usr/bin
mount -t tmpfs tmpfs /home
mkdir -p /home/user/.config/systemd/user
cp "$dir/units"/* /home/user/.config/systemd/user/
chown -R $uid:$uid /home/user

# systemd wants a cgroup of the new kind that belongs to the user.
umount -R /sys/fs/cgroup 2>/dev/null || true
need mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=/sys/fs/cgroup/qpay-test-$(basename "$dir")-$(stat -c %i "$dir")
need mkdir -p "$group/user"
tidy() {
	[ -z "${systemd-}" ] || { kill "$systemd"; wait "$systemd" || true; }
	find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
}
trap tidy EXIT
chown -R $uid:$uid "$group"
sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' start "$group/user" \
	env -i PATH=/usr/bin:/bin HOME=/home/user USER=user XDG_RUNTIME_DIR=/run/user/$uid \
	setpriv --reuid $uid --regid $uid --clear-groups /lib/systemd/systemd --user >"$dir/systemd.log" 2>&1 &
systemd=$!
export HOME=/home/user XDG_RUNTIME_DIR=/run/user/$uid
tries=0
until as_user systemctl --user is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || fail "systemd did not start"
	sleep 0.1
done
info() {
	curl -s http://127.0.0.1:9876/v1/info -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"v":1}'
}

# Without dom0's word: no socket.
as_user systemctl --user start qpay-bridge.socket
! as_user systemctl --user is-active -q qpay-bridge.socket || fail "it listens without dom0's word"
touch /run/qubes-service/qpay-bridge
as_user systemctl --user start qpay-bridge.socket

# The token wakes it.
! as_user systemctl --user is-active -q qpay-bridge.service || fail "it runs before it is used"
token=$(as_user qpay bridge token)
as_user systemctl --user is-active -q qpay-bridge.service || fail "it does not run"
[ "$(stat -c '%a %u' /run/user/$uid/qpay)" = "700 $uid" ] || fail "the folder: $(stat /run/user/$uid/qpay)"
[ "$(stat -c '%a %u' /run/user/$uid/qpay/bridge-token)" = "600 $uid" ] || fail "the token"
case $(info) in
*'"alias":"4242 can:"'*) ;;
*) fail "the answer: $(info)" ;;
esac
pid=$(as_user systemctl --user show -P MainPID qpay-bridge.service)
grep -q '^NoNewPrivs:.1' "/proc/$pid/status" || fail "it may gain privileges"

# Stopped, it takes its token along; used again, it starts again with another.
as_user systemctl --user stop qpay-bridge.service 2>/dev/null
[ ! -e /run/user/$uid/qpay ] || fail "the token is left"
old=$token
case $(info) in
*'token of the session'*) ;;
*) fail "the old token works: $(info)" ;;
esac
token=$(as_user qpay bridge token)
[ "$token" != "$old" ] || fail "the token is the same"
info | grep -q alias || fail "it does not answer again"
echo "units.sh: all is well"
