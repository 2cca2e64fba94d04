#!/bin/sh
# SPDX-License-Identifier: MIT
# Wrong input: what is wrong, where, and what would be right; nothing is run.
. "$(dirname "$0")/lib.sh"

ran=$top/ran
refused() { # refused STATUS LINE ARGUMENT...
	want_line=$2
	want_status=$1
	shift 2
	status "$want_status" "$uaudit" run "$@" -- touch "$ran"
	says err "$want_line"
	[ ! -e "$ran" ] || fail "the command was run: $*"
}

status 125 "$uaudit" run
says err 'uaudit: no command to run: uaudit run [RULE]... [OPTION]... -- COMMAND [ARGUMENT]...'
status 125 "$uaudit" run -k
says err "uaudit: option '-k' needs a key behind it"
status 125 "$uaudit" run --format
says err "uaudit: option '--format' needs text, raw or json behind it"
refused 125 "uaudit: --format 'xml': no such format; text, raw and json are known" --format xml
refused 125 "uaudit: unknown option '--colour'; 'uaudit help run' lists the options, and -- ends them" --colour
refused 125 "uaudit: option '--summary=no' takes no value" --summary=no
refused 125 "uaudit: option '-b' of auditctl sets up a running audit system and makes no rule; 'uaudit run' takes -a, -A, -w and what belongs to them" -b
refused 125 "uaudit: cannot open the log 'no/such/x.log' for appending: No such file or directory; -o takes a file that you may write" -o no/such/x.log
refused 125 "uaudit: cannot write events to 'no/such/e': No such file or directory" --record no/such/e
refused 125 'uaudit: nothing was run: the rules are not right' -a always,exit -F oudi=3
says err 'uaudit: -F unknown field: oudi'
says err "    'oudi' is no field; did you mean uid?"
has err '^ +\^$'
refused 125 'uaudit: nothing was run: the rules are not right' -a always,exit -F arch=b64 -S nosuchcall
has err 'nosuchcall'
refused 125 'uaudit: nothing was run: the rules are not right' -R no-such.rules
has err 'no-such\.rules: No such file or directory'

printf '%s\n' '# comment' '-w /etc -p wa -k etc' '-a always,exit -F oudi=3' '-a sometimes,exit' >bad.rules
refused 125 'uaudit: nothing was run: the rules are not right' -R bad.rules
has err '^bad\.rules:3:[0-9]+: .*oudi'
has err '^bad\.rules:4:[0-9]+: .*sometimes'

# Where nothing can be recorded, nothing runs on.
if [ -c /dev/full ]; then
	status 125 "$uaudit" run -o /dev/full -- sh -c 'sleep 0.2; exec touch "$0"' "$ran"
	says err "uaudit: cannot write the records to '/dev/full': No space left on device"
	says err 'uaudit: the command was killed: nothing may run unrecorded'
	[ ! -e "$ran" ] || fail "the command ran on without a record"
fi

status 125 "$uaudit" bogus
says err "uaudit: unknown command 'bogus'; 'uaudit --help' lists the commands"
status 125 "$uaudit" replay
says err "uaudit: replay takes one file, which 'uaudit run --record FILE' has written"
status 125 "$uaudit" replay no-such-file
says err "uaudit: cannot read 'no-such-file': No such file or directory"
echo no events >junk
status 125 "$uaudit" replay junk
says err "uaudit: 'junk' is not a file that 'uaudit run --record' of this version and machine has written"

# Help is on standard output and teaches by example.
for words in --help -h help; do
	status 0 "$uaudit" $words
	has out '^  run '
	empty err
done
for words in 'run --help' 'help run'; do
	status 0 "$uaudit" $words
	has out '^  uaudit run -- ./install.sh$'
	has out '^Exit status: '
done
status 0 "$uaudit" help replay
status 0 "$uaudit" --version
has out '^uaudit [0-9]+\.[0-9]+\.[0-9]+$'
exit 0
