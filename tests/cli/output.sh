#!/bin/sh
# SPDX-License-Identifier: MIT
# What goes where: lines, logs, JSON, summary, quiet.
. "$(dirname "$0")/lib.sh"
export TZ=UTC

work='mkdir d; echo 1 >"d/a b"; mv "d/a b" d/c; ln -s c d/l; chmod 600 d/c; cat <d/c >/dev/null; rm -r d; echo out; echo err >&2'

# by default: lines and a summary on stderr, the command's own output untouched
status 3 "$uaudit" run -- sh -c "$work; exit 3"
[ "$(cat out)" = out ] || fail "standard output is the command's own"
says err err
t='^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3} '
has err "$t"'sh\[[0-9]+\] +ran [^ ]*/[a-z]*sh: sh -c "mkdir d;'
has err "$t"'mkdir\[[0-9]+\] +created directory '"$top"'/d$'
has err "$t"'sh\[[0-9]+\] +created "'"$top"'/d/a b"$'
has err "$t"'mv\[[0-9]+\] +renamed "'"$top"'/d/a b" to '"$top"'/d/c$'
has err "$t"'ln\[[0-9]+\] +symlinked c as '"$top"'/d/l$'
has err "$t"'chmod\[[0-9]+\] +changed mode of '"$top"'/d/c to 0600$'
has err "$t"'rm\[[0-9]+\] +deleted '"$top"'/d/c$'
has err "$t"'rm\[[0-9]+\] +deleted (directory )?'"$top"'/d$'
has_not err '/dev/null$'
has err '^uaudit: sh: exit status 3; [0-9]+ tasks, [0-9]+ events, [0-9]+ records, [0-9.]+ s$'
has err '^  programs run +7  '
has err '^  temporary files +[34]  '
has_not err "$(printf '\033')"

# -o: raw records there, only the summary here
status 0 "$uaudit" run -o x.log -- sh -c "$work"
has_not err ' created '
has err '^uaudit: sh: exit status 0'
has x.log '^type=EXECVE '
# and appended to the next time
before=$(wc -l <x.log)
status 0 "$uaudit" run -o x.log --no-summary -- sh -c "$work"
[ "$(wc -l <x.log)" -gt "$before" ] || fail "the log was not appended to"
[ "$(cat err)" = err ] || fail "--no-summary says something"
status 0 "$uaudit" run -o x.log --format text -- sh -c "$work"
has err ' created '

# -q: nothing but what is wrong
status 0 "$uaudit" run -q -- sh -c "$work"
[ "$(cat err)" = err ] || fail "-q says something"
status 0 "$uaudit" run -q -o q.log -- sh -c "$work"
[ "$(cat err)" = err ] || fail "-q -o says something"
[ -s q.log ] || fail "-q writes no log"

# raw and JSON on stderr are alone there unless a summary is asked for
status 0 "$uaudit" run --format raw -- true
[ "$(grep -vc '^type=' err)" -eq 0 ] || fail "not only records"
status 0 "$uaudit" run --format raw --summary -- true
has err '^uaudit: true: exit status 0'
status 0 "$uaudit" run --format json -- true
[ "$(grep -vc '^{' err)" -eq 0 ] || fail "not only objects"
status 0 "$uaudit" run -q -o - -- true
has out '^type=SYSCALL '

# the built-in rules: what --show-default-rules prints is what is used
status 0 "$uaudit" run --show-default-rules
cp out default.rules
status 0 "$uaudit" run -R default.rules -- sh -c "$work"
has err ' created "'"$top"'/d/a b"  \[write\]$'
status 0 "$uaudit" rules list -R default.rules
has out '^-a always,exit '

# signals to itself are no news, those to others are
status 0 "$uaudit" run -- sh -c 'sleep 10 & trap "" USR1; kill -USR1 $$; kill -TERM $!; wait'
has err ' signalled (sh|sleep)\[[0-9]+\] with SIGTERM$'
has_not err 'SIGUSR1'
status 0 "$uaudit" run -a always,exit -F arch=b64 -S kill -k sig -- sh -c 'trap "" USR1; kill -USR1 $$'
has err ' signalled sh\[[0-9]+\] with SIGUSR1  \[sig\]$'

# bytes that are no text
status 0 "$uaudit" run -- sh -c 'touch "$(printf "a\001\377\033[31m")"'
has err 'created '"$top"'/a\\001\\377\\033\[31m$'
has_not err "$(printf '\033')"

# colour on a terminal, unless NO_COLOR is set
if command -v script >/dev/null; then
	TERM=xterm script -qec "'$uaudit' run -- true" /dev/null >tty.out 2>&1 </dev/null
	has tty.out "$(printf '\033')\\["
	TERM=xterm NO_COLOR=1 script -qec "'$uaudit' run -- true" /dev/null >tty.out 2>&1 </dev/null
	has_not tty.out "$(printf '\033')"
fi
exit 0
