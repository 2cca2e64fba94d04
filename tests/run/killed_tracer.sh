#!/bin/sh
# SPDX-License-Identifier: MIT
# killed_tracer.sh DRIVER: when the tracer is killed, so is every task of its tree, also those in sessions of their own.
driver=$1
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/alive" || exit 99

# Every task of the tree holds the writing end of the pipe: it ends when the last of them is gone.
# No syscall is wanted: one that is fails without the tracer, and that would end them as well.
"$driver" -- /bin/sh -c '
	setsid sleep 100 &
	(sleep 100 & sleep 100) &
	echo ready
	trap "" TERM
	sleep 100
	sleep 100' >"$dir/alive" 2>/dev/null &
tracer=$!
exec 3<"$dir/alive"
read -r ready <&3
[ "$ready" = ready ] || exit 1
kill -KILL "$tracer"
if ! timeout 20 cat <&3 >/dev/null; then
	echo "tasks outlive the tracer" >&2
	exit 1
fi
