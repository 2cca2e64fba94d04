#!/bin/sh
# SPDX-License-Identifier: MIT
# same.sh DRIVER PROGRAM [ARGUMENT]...: the program says and returns the same with nobody watching, with the tracer
# that wants no syscall, and with one that wants all.
driver=$1
shift
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

run() {
	name=$1
	shift
	timeout -k 5 100 "$@" >"$dir/$name.out" 2>"$dir/$name.err" </dev/null
	echo "status $?" >>"$dir/$name.out"
}

run alone "$@"
run none "$driver" -- "$@"
run all "$driver" -a -c "$dir/counts" -- "$@"
for name in none all; do
	if ! cmp -s "$dir/alone.out" "$dir/$name.out"; then
		echo "differs when the tracer wants: $name" >&2
		diff "$dir/alone.out" "$dir/$name.out" >&2
		cat "$dir/$name.err" >&2
		exit 1
	fi
done
if grep -q '^status \(99\|124\|125\|126\|137\)$' "$dir/alone.out" && [ -z "${MAY_FAIL:-}" ]; then
	cat "$dir/alone.out" >&2
	exit 1
fi
events=$(sed -n 's/^events //p' "$dir/counts")
[ "$events" -gt 0 ] || {
	echo "no events" >&2
	exit 1
}
