#!/bin/sh
# SPDX-License-Identifier: MIT
# uaudit ctl against an engine of its own: state, settings, rules, whole files at once, and what is said when that fails.
. "$(dirname "$0")/lib.sh"

engine=
trap '[ -z "$engine" ] || kill "$engine" 2>/dev/null; chmod -R u+rwx "$top" 2>/dev/null; rm -rf "$top"' EXIT
mkdir -m 700 run
"$uaudit" daemon --foreground --run-dir "$top/run" --state-dir "$top/state" --log "$top/log" --source none >daemon.out 2>&1 &
engine=$!
export UAUDIT_SOCKET="$top/run/control.sock"
tries=0
until "$uaudit" ctl -s >out 2>err; do
	kill -0 $engine 2>/dev/null || { cat daemon.out; skip "no engine can be started here"; }
	[ $((tries += 1)) -lt 100 ] || { cat daemon.out; fail "the engine does not answer"; }
	sleep 0.1
done
ctl() { status 0 "$uaudit" ctl "$@"; }
ln -s "$uaudit" auditctl
: >x

# Behind the lines of auditctl, what became of the records.
says out 'enabled 1'
says out 'loginuid_immutable 0 unlocked'
says out 'source none'
has out '^stream +connected +offered +delivered +sent +waiting +spooled +spool_bytes +spool_max +lost +lost_events +declared$'
has out '^log +1 '
awk '$1 == "daemon" || $1 == "log" { n++; if ($3 != $4 + $5 + $6 + $7 + $10) exit 1 } END { exit n != 2 }' out ||
	fail "offered is not delivered + sent + waiting + spooled + lost"
status 0 ./auditctl -s
has_not out 'source|stream'

# A message, as auditctl words it.
ctl -m 'a message'
status 0 ./auditctl -m again
# the log is written behind the answer
tries=0
until grep -q 'text=again' log || [ $((tries += 1)) -ge 100 ]; do sleep 0.1; done
has log "^type=USER .* msg='text=a message exe=.* res=success'$"
has log "^type=USER .* msg='text=again exe=.* res=success'$"

# Several settings: the state after the last of them.
ctl -b 100 -f 0
says out 'backlog_limit 100'
says out 'failure 0'
ctl -f 1
status 255 "$uaudit" ctl --backlog_wait_time 999999
says err 'uaudit: Error sending backlog limit request (Invalid argument)'
has err '^    .*ten minutes'
status 2 "$uaudit" ctl --signal HUP
says err 'uaudit: Auditd is not running'
status 0 ./auditctl --signal HUP
says err 'Auditd is not running'

# A rule: the place and the remedy.
status 255 "$uaudit" ctl -a always,exit -F exe="$top/x" -F oudi=3
says err 'uaudit: -F unknown field: oudi'
has err '^ +\^$'
says err "    'oudi' is no field; did you mean uid?"
status 255 ./auditctl -a always,exit -F exe="$top/x" -F oudi=3
says err '-F unknown field: oudi'
[ "$(wc -l <err)" -eq 1 ] || fail "auditctl says more than its line"
ctl -a always,exit -F exe="$top/x" -F arch=b64 -S openat -F a2=2 -k old
status 255 "$uaudit" ctl -a always,exit -F exe="$top/x" -F arch=b64 -S openat -F a2=2 -k old
says err '    the same rule is there already'
ctl -l -i
says out "-a always,exit -F arch=x86_64 -S openat -F exe=$top/x -F a2=O_RDWR -F key=old"

# A bad file changes nothing, and all that is bad in it is said.
cat >bad.rules <<-EOF
	-D
	-b 200
	-a always,exit -F exe=$top/x -F arch=b64 -S open -k new
	-a always,exit -F exe=$top/x -F oudi=1
	-a always,exit -F exe=$top/x -F arch=b64 -S open -k new
	-f 9
EOF
status 1 "$uaudit" ctl -R bad.rules
has err '^bad\.rules:4:[0-9]+: -F unknown field: oudi$'
has err '^bad\.rules:5:1: Error sending add rule data request \(Rule exists\)$'
has err '^bad\.rules:6:[0-9]+: Failure must be 0, 1, or 2 was 9$'
says err 'uaudit: nothing was loaded from bad.rules'
ctl -l
has out 'key=old$'
has_not out 'key=new'
ctl -s
says out 'backlog_limit 100'

# Behind -c what is bad is left out, and counts.
{ echo -c; cat bad.rules; } >lenient.rules
status 1 "$uaudit" ctl -R lenient.rules
has err '^lenient\.rules:5:'
ctl -l
says out "-a always,exit -F arch=b64 -S open -F exe=$top/x -F key=new"
ctl -s
says out 'backlog_limit 200'
status 1 "$uaudit" ctl -R no-such.rules
says err 'uaudit: no-such.rules: No such file or directory'

# One set of rules takes the place of the other: nobody ever sees none, or a mixture.
for set in a b; do
	echo -D >$set.rules
	for call in open creat openat; do
		echo "-a always,exit -F exe=$top/x -F arch=b64 -S $call -k $set" >>$set.rules
	done
done
ctl -R a.rules
for set in a b; do
	(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		"$uaudit" ctl -R $set.rules || echo "$set: $?"
	done) >loader.$set 2>&1 &
	eval loader_$set=\$!
done
for i in $(seq 60); do
	status 0 "$uaudit" ctl -l
	seen=$(sed 's/.*key=//' out | sort | uniq -c | tr -d ' \n')
	case $seen in
	3a | 3b) ;;
	*) fail "$seen: rules of a file that is half loaded" ;;
	esac
done
wait $loader_a $loader_b
for set in a b; do
	[ ! -s loader.$set ] || fail "loading $set failed: $(cat loader.$set)"
done
ctl -D -k a
ctl -D -k b
says out 'No rules'

# Locked: nothing changes any more, and who asked hears of it.
ctl -e 2
status 1 "$uaudit" ctl -R a.rules
says err 'uaudit: The audit system is in immutable mode, no rule changes allowed'
status 0 ./auditctl -a always,exit -F exe="$top/x" -S all
says err 'The audit system is in immutable mode, no rule changes allowed'
status 255 "$uaudit" ctl -b 1
says err 'uaudit: Error sending backlog limit request (Operation not permitted)'
ctl -l
says out 'No rules'
# What locking leaves open is told, and takes nothing out of the log: counters, and who else reads the records.
ctl --reset-lost
tries=0
until grep -q 'op=set lost=0 ' log || [ $((tries += 1)) -ge 100 ]; do sleep 0.1; done
has log "^type=CONFIG_CHANGE .* op=set lost=0 old=0 .*res=1$"
if command -v python3 >/dev/null; then
	status 0 python3 - "$here/../lib" "$UAUDIT_SOCKET" <<-'E2'
		import os, sys
		sys.path.insert(0, sys.argv[1])
		from audit_wire import Link
		with Link(sys.argv[2]) as link:
		    assert link.set("rate_limit", 1) == -1
		    assert link.set("pid", os.getpid()) == 0 and link.set("pid", 0) == 0
	E2
	ctl -m 'behind a daemon'
	tries=0
	until grep -q 'text=behind a daemon' log || [ $((tries += 1)) -ge 100 ]; do sleep 0.1; done
	has log "^type=CONFIG_CHANGE .* op=set audit_pid=0 old=[1-9].*res=1$"
	has log "^type=USER .* msg='text=behind a daemon exe="
fi

kill $engine && wait $engine
engine=
unset UAUDIT_SOCKET
status 0 "$uaudit" help ctl
has out '^usage: uaudit ctl'
status 1 "$uaudit" ctl
has err "^uaudit: what about the audit system\\?"
exit 0
