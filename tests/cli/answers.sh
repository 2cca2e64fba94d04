#!/bin/sh
# SPDX-License-Identifier: MIT
# Defects of the original that one meets in everyday work, and what is in the log here (docs/compatibility.md, "The original's
# limitations and defects").
. "$(dirname "$0")/lib.sh"

mv=$(readlink -f "$(command -v mv)")
hex_of() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; }
# count NUMBER REGEX: as many lines of the log
count() {
	n=$(grep -cE -- "$2" log)
	[ "$n" -eq "$1" ] || fail "$n lines, not $1, are like '$2': $(cat log)"
}

# A second program in the same task: the title of a call is that of the program that makes it.
status 0 "$uaudit" run -q -o log -a always,exit -F arch=b64 -S mkdir,mkdirat -k made -- \
	sh -c 'exec env sh -c "exec mkdir made"'
count 1 "^type=PROCTITLE .*proctitle=$(hex_of mkdir)00$(hex_of made)\$"

# A path and a program in one rule: it goes on to match when the file has been replaced, renamed and removed.
# Of several rules on a path the first one gives its key each time.
: >watched
rm -f log
status 0 "$uaudit" run -q -o log -a always,exit -F path="$top/watched" -F exe="$mv" -F perm=wa -k first \
	-w "$top/watched" -p wa -k second -- \
	sh -c 'for i in 1 2 3 4; do : >new; mv new watched; done; mv watched gone; mv gone watched'
count 6 '^type=SYSCALL .*comm="mv" .*key="first"$'
count 0 'key="second"$'

# A rule without a key that decides has none, though one behind it with a key matched the call before its objects were looked at.
rm -f log
status 0 "$uaudit" run -q -o log -w "$top/watched" -p wa \
	-a always,exit -F arch=b64 -S rename,renameat,renameat2 -F success=1 -k loser -- sh -c ': >new; mv new watched'
count 1 '^type=SYSCALL .*comm="mv" .*key=\(null\)$'
count 0 'key="loser"$'

# Only refused calls, by the sign of the result.
rm -f log
status 0 "$uaudit" run -q -o log -a always,exit -F arch=b64 -S mkdir,mkdirat -F 'exit<0' -k refused -- \
	sh -c 'mkdir made 2>/dev/null; mkdir another'
count 1 '^type=SYSCALL .*success=no exit=-17 .*key="refused"$'
count 1 '^type=SYSCALL '

# The directory of a watched file is removed and made again: the rule holds again. The same for a directory rule.
mkdir gone_dir gone_tree
rm -f log
status 0 "$uaudit" run -q -o log -w "$top/gone_dir/file" -p wa -k file -a always,exit -F dir="$top/gone_tree" -F perm=wa -k tree -- \
	sh -c ': >gone_dir/file; rm -r gone_dir; mkdir gone_dir; : >gone_dir/file; rm -r gone_tree; mkdir gone_tree; : >gone_tree/x'
count 2 '^type=SYSCALL .*comm="sh" .*key="file"$'
count 1 '^type=SYSCALL .*comm="sh" .*key="tree"$'
count 0 'remove_rule'

# A file system that is mounted below a directory rule later belongs to it (tests of the mount need root).
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir -p tree/below
	rm -f log
	status 0 unshare -m "$uaudit" run -q -o log -a always,exit -F dir="$top/tree" -F perm=wa -k tree -- \
		sh -c 'mount -t tmpfs tmpfs tree/below && : >tree/below/x; umount tree/below'
	count 1 '^type=SYSCALL .*comm="sh" .*key="tree"$'
fi

# A name relative to a directory's descriptor: name and inode of the PARENT item are of one directory.
if command -v python3 >/dev/null; then
	rm -f log
	mkdir -p by_fd
	status 0 "$uaudit" run -q -o log -a always,exit -F arch=b64 -S mkdirat -F success=1 -k at -- \
		python3 -c 'import os; os.mkdir("inner", dir_fd=os.open("by_fd", os.O_RDONLY))'
	inode=$(stat -c %i by_fd)
	count 1 "^type=PATH .*name=\"$top/by_fd\" inode=$inode .*nametype=PARENT"
fi

# All arguments of a program, however many records they take; the records have no more than their 7500 bytes each.
if command -v python3 >/dev/null; then
	rm -f log
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	status 0 "$uaudit" run -q -o log -a always,exit -F arch=b64 -S execve -k exec -- sh -c : "$long" 'a "b'
	[ "$(grep -c '^type=EXECVE' log)" -gt 10 ] || fail "one record has all arguments"
	status 0 "$uaudit" run --format json -o log.json -a always,exit -F arch=b64 -S execve -k exec -- sh -c : "$long" 'a "b'
	python3 -c '
import json
argv = [json.loads(line).get("argv") for line in open("log.json", encoding="utf-8")]
assert ["sh", "-c", ":", "x" * 100000, "a \"b"] in argv, argv' >out 2>err || fail "the arguments are not whole"
fi
exit 0
