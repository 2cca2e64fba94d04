#!/bin/sh
# SPDX-License-Identifier: MIT
# stress.sh N DRIVER MANY_PROCESSES THREADS_FORK_EXEC: N times 2,000 short processes and 64 threads that fork and
# execute: no hang, no task lost, none left behind. DRIVER may begin with "valgrind ...".
rounds=$1
driver=$2
many=$3
threads=$4
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "round $round: $*" >&2
	kill "$reader" 2>/dev/null
	rm -f "$dir/pipe"
	cat "$dir"/* >&2
	exit 1
}

# Every task of a tree inherits descriptor 9; end of file on it says that none is left.
one() {
	expected=$1
	shift
	rm -f "$dir/pipe"
	mkfifo "$dir/pipe"
	timeout 60 cat "$dir/pipe" >"$dir/orphans" &
	reader=$!
	# shellcheck disable=SC2086
	timeout -k 5 300 $driver -s execve -s exit_group -s openat -c "$dir/counts" -- "$@" \
		>"$dir/out" 2>"$dir/err" 9>"$dir/pipe" || fail "status $?: $*"
	grep -qx "$expected" "$dir/out" || fail "output: $*"
	wait "$reader" || fail "orphans: $*"
	rm -f "$dir/pipe"
	[ "$(sed -n 's/^created //p' "$dir/counts")" = "$(sed -n 's/^freed //p' "$dir/counts")" ] || fail "lost: $*"
}

round=1
while [ $round -le "$rounds" ]; do
	one '2000 processes' "$many" 2000
	one '192 rounds' "$threads"
	# 384 children and the program itself
	[ "$(sed -n 's/^execve //p' "$dir/counts")" = 385 ] || fail "execve events"
	round=$((round + 1))
done
echo "$rounds rounds"
