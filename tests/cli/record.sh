#!/bin/sh
# SPDX-License-Identifier: MIT
# --record and replay: the same rules give the same records, byte for byte; other rules ask another question.
. "$(dirname "$0")/lib.sh"

work='mkdir d; for i in 1 2 3 4 5; do echo $i >d/$i; mv d/$i d/n$i; done; ls d missing 2>/dev/null; rm -r d; true'
status 0 "$uaudit" run -q -o live.log --record events -- sh -c "$work"
status 0 "$uaudit" replay -q -o again.log events
cmp live.log again.log || fail "the records differ"
[ "$(stat -c %a events)" = 600 ] || fail "events are for their owner only"
"$uaudit" replay -q -o - - <events >piped.log || fail "replay from a pipe"
cmp live.log piped.log || fail "the records differ through a pipe"
status 0 "$uaudit" replay events
has out ' created '"$top"'/d/5$'
has out '^uaudit: events: [0-9]+ of [0-9]+ events recorded, [0-9]+ records$'
empty err
status 0 "$uaudit" replay -a always,exit -F arch=b64 -S rename,renameat,renameat2 -k moves -o moves.log events
[ "$(grep -c '^type=SYSCALL .*key="moves"$' moves.log)" -eq 5 ] || fail "5 renames"

# a file that ends within an event: all before it counts
size=$(stat -c %s events)
head -c $((size - 5)) events >cut
status 125 "$uaudit" replay -q -o cut.log cut
has err "^uaudit: 'cut': what begins at byte [0-9]+ is no event; all before it was taken$"
lines=$(wc -l <cut.log)
head -n "$lines" live.log | cmp -s - cut.log || fail "records before the cut"
[ "$lines" -gt 10 ] || fail "only $lines records before the cut"
exit 0
