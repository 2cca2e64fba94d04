#!/bin/sh
# SPDX-License-Identifier: MIT
# uaudit ends as its command does; its own failures are 125 to 127.
. "$(dirname "$0")/lib.sh"

for n in 0 1 7 124 255; do
	status $n "$uaudit" run -q -- sh -c "exit $n"
	empty err
done

# Ended by a signal: the same signal (the shell shows 128 + number), and no core dump of uaudit
for pair in TERM:15 KILL:9 INT:2 SEGV:11 ABRT:6; do
	sig=${pair%:*}
	sh -c 'ulimit -c unlimited; exec "$0" run -q -- sh -c "ulimit -c 0; kill -$1 \$\$"' "$uaudit" $sig >out 2>err
	got=$?
	want=$((128 + ${pair#*:}))
	[ $got -eq $want ] || fail "$sig: $got, not $want"
done
[ -z "$(find . -name 'core*')" ] || fail "a core dump"

status 127 "$uaudit" run -- no-such-command-anywhere
says err "uaudit: 'no-such-command-anywhere': no such command in \$PATH"
status 127 "$uaudit" run ./missing
has err "^uaudit: (cannot execute )?'./missing': (No such file|no such command)"
echo text >plain
status 126 "$uaudit" run -q ./plain
has err "^uaudit: .*'./plain'"
status 126 "$uaudit" run -q "$top"

# Signals sent to uaudit are for the command. It says when it listens.
"$uaudit" run -q -- sh -c 'trap "echo got term; exit 42" TERM; echo ready; while :; do sleep 0.05; done' >said 2>err &
pid=$!
for i in $(seq 100); do
	grep -q ready said && break
	sleep 0.05
done
kill -TERM $pid
wait $pid
[ $? -eq 42 ] || fail "TERM was not for the command"
says said 'got term'

# Without the command, what is left of the tree ends with uaudit.
"$uaudit" run -q -- sh -c 'sleep 300 & echo $!' >said 2>err &
pid=$!
for i in $(seq 100); do
	[ -s said ] && break
	sleep 0.05
done
left=$(cat said)
sleep 0.3
kill -0 $pid 2>/dev/null || fail "the last descendant is waited for"
kill -TERM $pid
wait $pid
[ $? -eq 143 ] || fail "uaudit outlives TERM"
for i in $(seq 100); do
	kill -0 "$left" 2>/dev/null || exit 0
	sleep 0.05
done
kill "$left"
fail "a process outlives uaudit"
