#!/bin/sh
# SPDX-License-Identifier: MIT
# The decoded fields of JSON against those of 'ausearch -i', for every call that some programs make.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for tool in ausearch python3; do
	command -v $tool >/dev/null || skip "$tool is missing"
done

status 0 "$uaudit" run -q -a always,exit -F arch=b64 -S all -k all -o x.log --record events -- sh -c '
	echo 1 >"a b"; cp -p "a b" c; mv c d; chmod 4755 d; ln -s d e; ls -l . missing; cat /etc/passwd; rm -r "a b" d e
	sleep 30 & kill -TERM $!; wait; true'
status 0 "$uaudit" replay -q -a always,exit -F arch=b64 -S all -k all --format json -o x.json events
ausearch -if x.log -i </dev/null >found 2>err || fail "ausearch"
cat >check.py <<'E2'
import collections, json, re
ours = {}
for line in open("x.json", encoding="utf-8"):
    event = json.loads(line)
    ours[event["serial"]] = event["records"]
theirs = collections.defaultdict(list)
for line in open("found", encoding="utf-8", errors="surrogateescape"):
    m = re.match(r"type=(\S+) msg=audit\(.*?:(\d+)\) : (.*)\n", line)
    if m:
        theirs[int(m[2])].insert(0, (m[1], m[3]))

def as_shown(text):
    return re.sub(r"[\0-\x1f]", lambda m: "\\%03o" % ord(m[0]), text)

compared, problems = 0, []
for serial, records in theirs.items():
    assert [r["type"] for r in ours[serial]] == [t for t, _ in records], serial
    for mine, (kind, text) in zip(ours[serial], records):
        for name, value in mine["fields"].items():
            if name.endswith("_hex") or f" {name}={as_shown(value)} " in " " + text:
                compared += 1
                continue
            m = re.search(rf"(?:^| ){re.escape(name)}=(\S*)", text)
            shown = m and m[1]
            # We know what more arguments are; some releases misspell SIGPWR and leave relative names as they are.
            if shown and (shown.startswith("0x") or (value, shown) == ("SIGPWR", "IGPWR") or
                          (kind == "PATH" and name == "name" and not shown.startswith("/"))):
                continue
            problems.append((serial, kind, name, value, shown))
assert compared > 2000, compared
assert not problems, problems[:10]
E2
python3 check.py >out 2>err || fail "uaudit and ausearch read a record differently"
exit 0
