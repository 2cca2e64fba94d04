#!/bin/sh
# SPDX-License-Identifier: MIT
# starts_alike.sh DRIVER START_STATE: ignored signals, mask, descriptors and execve's errors are those of a plain start.
driver=$1
program=$2
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

same() {
	"$@" "$program" >"$dir/alone" 2>&1 </dev/null
	"$@" "$driver" -- "$program" >"$dir/traced" 2>&1 </dev/null
	diff "$dir/alone" "$dir/traced" >&2 || exit 1
}
same env
same env --ignore-signal=HUP,INT,CHLD,TSTP,USR1
same env --block-signal=TERM,USR2,CHLD,INT
grep -q 'blocked' "$dir/alone" || exit 1

"$driver" -a -- /nonexistent/program 2>"$dir/err"
[ $? = 127 ] && grep -q 'No such file' "$dir/err" || exit 1
"$driver" -a -- /etc/passwd 2>"$dir/err"
[ $? = 127 ] && grep -q 'Permission denied' "$dir/err" || exit 1
# What the child does before it runs the command is not audited, nor what it does when it cannot.
"$driver" -a -c "$dir/counts" -- /nonexistent/program 2>/dev/null
grep -qx 'events 1' "$dir/counts" || {
	cat "$dir/counts" >&2
	exit 1
}
