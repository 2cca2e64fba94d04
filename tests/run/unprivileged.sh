#!/bin/sh
# SPDX-License-Identifier: MIT
# unprivileged.sh DRIVER: no_new_privs is set without CAP_SYS_ADMIN, and with it set-id programs gain what they should.
driver=$1
no_new_privs='grep NoNewPrivs: /proc/self/status'
[ "$(id -u)" = 0 ] || {
	"$driver" -- /bin/sh -c "$no_new_privs" | grep -q 1
	exit
}
"$driver" -- /bin/sh -c "$no_new_privs" | grep -q 0 || {
	echo "root: no_new_privs is set" >&2
	exit 1
}
command -v setpriv >/dev/null || {
	echo "skipped: no setpriv"
	exit 77
}
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cp "$driver" "$dir/driver" && chmod 755 "$dir/driver"
setpriv --reuid=65534 --regid=65534 --clear-groups "$dir/driver" -a -- /bin/sh -c "$no_new_privs" | grep -q 1 || {
	echo "nobody: no_new_privs is not set" >&2
	exit 1
}
# A set-user-id program that a task of the tree runs after it has become somebody else.
cp /usr/bin/id "$dir/id" && chown 65534:65534 "$dir/id" && chmod 6755 "$dir/id" || exit 99
findmnt -nT "$dir" -o OPTIONS | grep -q nosuid && {
	echo "skipped: $dir is on a nosuid mount"
	exit 77
}
euid=$("$driver" -a -- "$dir/id" -u)
[ "$euid" = 65534 ] || {
	echo "set-id program: euid $euid" >&2
	exit 1
}
