#!/bin/sh
# SPDX-License-Identifier: MIT
# notices.sh DRIVER TRACEME: a debugger in the tree is refused with EPERM, and that is said once for each program.
driver=$1
program=$2
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

cat >"$dir/expected" <<END
traceme: exited 1
attach: errno 1
seize: errno 1
end: killed by 9
END
for wants in '' -a; do
	# shellcheck disable=SC2086
	timeout 60 "$driver" $wants -n "$dir/notices" -- "$program" >"$dir/out" || exit 1
	diff "$dir/expected" "$dir/out" >&2 || exit 1
	if [ "$(grep -c '^run_traceme (pid [0-9]*) wants to trace or be traced: .*EPERM' "$dir/notices")" != 1 ] ||
		[ "$(wc -l <"$dir/notices")" != 1 ]; then
		cat "$dir/notices" >&2
		exit 1
	fi
done
