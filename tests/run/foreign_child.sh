#!/bin/sh
# SPDX-License-Identifier: MIT
# foreign_child.sh DRIVER: a child that the tracer was born with is none of the command's, whose end is not waited for.
driver=$1
dir=$(mktemp -d) || exit 99
trap 'kill "$(cat "$dir/pid")" 2>/dev/null; rm -rf "$dir"' EXIT

# shellcheck disable=SC2016
timeout 20 sh -c 'sleep 60 >/dev/null 2>&1 & echo $! >"$1/pid"; exec "$2" -a -- /bin/sh -c "(sleep 0.2; exit 3) & wait \$!"' \
	sh "$dir" "$driver"
status=$?
[ $status -eq 3 ] || {
	echo "status $status" >&2
	exit 1
}
kill -0 "$(cat "$dir/pid")" || {
	echo "the other child was ended" >&2
	exit 1
}
