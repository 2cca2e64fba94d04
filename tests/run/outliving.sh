#!/bin/sh
# SPDX-License-Identifier: MIT
# outliving.sh DRIVER ORPHANS: tasks that outlive the command are followed to their end; its status is kept.
driver=$1
program=$2
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

timeout 60 "$driver" -s openat -s write -c "$dir/counts" -- "$program" "$dir/file"
status=$?
[ $status = 17 ] || {
	echo "status $status" >&2
	exit 1
}
[ "$(cat "$dir/file")" = 'still here' ] || exit 1
grep -qx 'created 4' "$dir/counts" && grep -qx 'freed 4' "$dir/counts" && grep -qx 'write 1' "$dir/counts" || {
	cat "$dir/counts" >&2
	exit 1
}
