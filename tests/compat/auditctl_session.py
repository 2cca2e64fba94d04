#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same session with auditctl and with build/compat/auditctl: the same output, errors and exit statuses.

  auditctl_session.py session|rows OURS [--engine UAUDIT]

session: auditctl.session, first with the installed auditctl, then with ours, both against the kernel; with --engine ours
talks to an engine that is started for it. rows: the recorded command lines of tests/data through ours, against what was recorded.

Every rule names a program that only the test has. The kernel's audit is locked meanwhile, and put back on every way out.
Exit status 77: skipped.
"""

import ast
import contextlib
import fcntl
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data")
AUDITCTL = "/usr/sbin/auditctl"
LOCKS = ["/run/lock/uaudit-kernel-audit.lock", "/tmp/uaudit-kernel-audit.lock"]
RESTORE = [["-D"], ["-e", "0"], ["-f", "1"], ["-b", "64"], ["-r", "0"], ["--backlog_wait_time", "15000"]]
SCOPES = ["exe=/tmp/t/prog", "pid=4194304", "uid=61234", "auid=61234"]
COUNTERS = re.compile(r"^(pid|lost|backlog|backlog_wait_time_actual)(:?) \d+$", re.M)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(program, words, env=None):
    result = subprocess.run([program, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=False,
                            env=env)
    text = [part.decode("utf-8", "replace") for part in (result.stdout, result.stderr)]
    return text[0], text[1], result.returncode


def lock():
    for path in LOCKS:
        try:
            held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            fcntl.flock(held, fcntl.LOCK_EX)
            return held
        except OSError:
            continue
    return skip("the lock of the kernel's audit cannot be taken")


def check_machine():
    if not os.access(AUDITCTL, os.X_OK):
        skip(f"{AUDITCTL} is not installed")
    out, err, status = run(AUDITCTL, ["-v"])
    if status:
        skip(f"auditctl cannot be used: {err.strip()}")
    if out != "auditctl version 3.0.9\n":
        skip("the installed auditctl is not version 3.0.9")
    state, err, status = run(AUDITCTL, ["-s"])
    if status or not state:
        skip(f"the kernel's audit is not there: {err.strip()}")
    values = dict(line.split(" ", 1) for line in state.splitlines())
    if values["enabled"] != "0" or values["pid"] != "0" or values["backlog_limit"] != "64":
        skip("the kernel's audit is in use")
    if run(AUDITCTL, ["-l"])[0] != "No rules\n":
        skip("the kernel's audit has rules loaded")


def restore():
    for words in RESTORE:
        run(AUDITCTL, words)


def session_lines():
    with open(os.path.join(HERE, "auditctl.session"), encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")]


def known_lines():
    with open(os.path.join(HERE, "auditctl_known.tsv"), encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t", 1) for line in lines if not line.startswith("#"))


def words_of(line, top):
    places = {"$X": os.path.join(top, "x"), "$TOP": top}
    for name, path in places.items():
        line = line.replace(name, path)
    if line.split(" ")[0] != "FILE":
        return shlex.split(line)
    path = os.path.join(top, "rules")
    with open(path, "w", encoding="utf-8") as rules:
        rules.write(line[5:].replace("\\n", "\n").replace("\\t", "\t"))
    os.chmod(path, 0o600)
    return ["-R", path]


def play(program, lines, top, env=None):
    answers = []
    for line in lines:
        answer = run(program, words_of(line, top), env)
        answers.append(tuple(COUNTERS.sub(r"\1\2 N", part) if isinstance(part, str) else part for part in answer))
    return answers


def show(name, answer):
    print(f"  {name}: status {answer[2]}")
    for mark, text in (("|", answer[0]), ("!", answer[1])):
        for line in text.splitlines():
            print(f"    {mark} {line}")


def session(ours, env):
    lines, known = session_lines(), known_lines()
    problems = 0
    with tempfile.TemporaryDirectory(prefix="uaudit-ctl.", dir="/tmp") as top:
        with open(os.path.join(top, "x"), "w", encoding="utf-8"):
            pass
        theirs_said = play(AUDITCTL, lines, top)
        restore()
        ours_said = play(ours, lines, top, env)
    for line, theirs, mine in zip(lines, theirs_said, ours_said):
        if (theirs == mine) == (line in known):
            problems += 1
            print(f"{'not different any more' if theirs == mine else 'not the same'}: auditctl {line}")
            show("auditctl", theirs)
            show("uaudit", mine)
    for line in set(known) - set(lines):
        problems += 1
        print(f"no line of the session: {line}")
    same = sum(theirs == mine for theirs, mine in zip(theirs_said, ours_said))
    print(f"{len(lines)} command lines, {same} the same, {len(known)} different on purpose, {problems} problems")
    return 1 if problems or same < 100 else 0


def choices():
    """The rows of tests/unit/rule_choices.h: line, our answer."""
    string = r'((?:"(?:\\.|[^"\\])*"\s*)+)'
    with open(os.path.join(HERE, "..", "unit", "rule_choices.h"), encoding="utf-8") as header:
        rows = re.findall(r"\{\s*" + string + r",\s*" + string + r",", header.read())
    return {ast.literal_eval(f"({line})"): ast.literal_eval(f"({ours})") for line, ours in rows}


def make_places():
    """What the rows name; what is there already stays. Those that were made."""
    made = []
    for path in ("/tmp/t", "/tmp/t/d", "/tmp/t/f", "/tmp/t/prog"):
        if os.path.lexists(path):
            continue
        if path in ("/tmp/t", "/tmp/t/d"):
            os.mkdir(path, 0o755)
        else:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755))
        made.append(path)
    return made


def remove_places(made):
    for path in reversed(made):
        (os.rmdir if os.path.isdir(path) else os.unlink)(path)


def is_scoped(words):
    return any(option == "-F" and value in SCOPES for option, value in zip(words, words[1:]))


def check_row(ours, env, line, want):
    """None, or what is wrong."""
    out, err, status = run(ours, line.split(" "), env)
    if want.startswith("ERROR:"):
        want = want[6:].replace("\\n", "\n")
        if status in (255, 1) and err.rstrip("\n") == want:
            return None
        return f"status {status}, {err.strip()!r}, not {want!r}"
    listed = run(ours, ["-l"], env)[0]
    run(ours, ["-D"], env)
    # "No rules": nothing was loaded, and some of these rows say so on stdout.
    if status == 0 and listed.rstrip("\n") == want.replace("\\n", "\n"):
        return None
    return f"status {status}, lists {listed.strip()!r}, not {want!r} {err.strip()}{out.strip()}"


def rows(ours, env):
    chosen = choices()
    seen = problems = 0
    made = make_places()
    try:
        with open(os.path.join(DATA, "auditctl-rules.tsv"), encoding="utf-8") as lines:
            for row in lines:
                line, _, want = row.rstrip("\n").partition("\t")
                if line.startswith("#") or not is_scoped(line.split()):
                    continue
                seen += 1
                wrong = check_row(ours, env, line, chosen.get(line, want))
                if wrong:
                    problems += 1
                    print(f"{line}: {wrong}")
    finally:
        remove_places(made)
    print(f"{seen} rows, {problems} problems")
    return 1 if problems or seen < 200 else 0


@contextlib.contextmanager
def engine(uaudit, top, env):
    """An engine of the test's own; env tells clients where it is."""
    env["UAUDIT_SOCKET"] = os.path.join(top, "control.sock")
    daemon = subprocess.Popen([uaudit, "daemon", "--foreground", "--run-dir", top, "--state-dir", os.path.join(top, "state"), "--log", os.path.join(top, "log"),
                               "--source", "none"], stdin=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if os.path.exists(env["UAUDIT_SOCKET"]) and run(uaudit, ["ctl", "-s"], env)[2] == 0:
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("the engine does not answer")
        # It is born to record; the kernel is not.
        run(uaudit, ["ctl", "-e", "0"], env)
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)


PLAYS = {"session": session, "rows": rows}


def main():
    what, ours = sys.argv[1:3]
    os.environ.pop("UAUDIT_SOCKET", None)
    env = dict(os.environ)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    held = lock()
    check_machine()
    try:
        with tempfile.TemporaryDirectory(prefix="uaudit-ctl.", dir="/tmp") as top:
            if sys.argv[3:4] != ["--engine"]:
                return PLAYS[what](ours, env)
            with engine(sys.argv[4], top, env):
                return PLAYS[what](ours, env)
    finally:
        restore()
        os.close(held)


if __name__ == "__main__":
    sys.exit(main())
