#!/bin/sh
# SPDX-License-Identifier: MIT
# Each line is one JSON object, with all bytes of every name.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"

status 0 "$uaudit" run --format json -o x.json -- sh -c '
	echo >"a \"b"; echo >"$(printf "\377\376\303\244")"; mv "a \"b" c; chmod 640 c; cat missing 2>/dev/null; exit 0'
has err '^uaudit: sh: exit status 0'
cat >check.py <<'E2'
import json, os, re, sys
top = os.fsencode(sys.argv[1])
events = [json.loads(line) for line in open("x.json", encoding="utf-8")]
assert len(events) >= 6, len(events)
def find(action, **want):
    for e in events:
        if e["action"] == action and all(e.get(k) == v for k, v in want.items()):
            return e
    raise AssertionError((action, want))
serials = [e["serial"] for e in events]
assert serials == sorted(set(serials))
for e in events:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", e["time"]), e["time"]
    assert e["records"][0]["type"] == "SYSCALL"
    for r in e["records"]:
        assert r["fields"].keys() - {k for k in r["fields"] if k.endswith("_hex")} == \
            r["raw"].keys() - {k for k in r["raw"] if k.endswith("_hex")}, r
e = find("exec", argv=["cat", "missing"])
assert e["key"] == "exec" and e["result"] == "success" and e["subject"]["comm"] == "cat" and e["subject"]["pid"] > 1
e = find("create", object=os.fsdecode(top) + '/a "b')
path = [r for r in e["records"] if r["type"] == "PATH"][-1]
assert path["fields"]["mode"].startswith("file,") and path["raw"]["mode"].startswith("0100"), path
assert bytes.fromhex(path["raw"]["name"]) == b'a "b', path
call = e["records"][0]
assert call["fields"]["syscall"] == e["syscall"] == "openat" and call["raw"]["syscall"] == "257"
assert call["fields"]["a0"] == "AT_FDCWD" and call["raw"]["a0"].endswith("ffffff9c")
e = [e for e in events if "object_hex" in e][0]
assert bytes.fromhex(e["object_hex"]) == top + b"/\xff\xfe\xc3\xa4", e["object_hex"]
assert e["object"].endswith("/\ufffd\ufffd\u00e4"), e["object"]
find("rename", object2=os.fsdecode(top) + "/c")
find("attribute", object=os.fsdecode(top) + "/c", object2="0640")
E2
python3 check.py "$top" >out 2>err || fail "the objects are not right"
exit 0
