# SPDX-License-Identifier: MIT
"""The distribution's auditctl run step by step on either side, and what it answers made comparable."""

import difflib
import os
import re
import subprocess

AUDITCTL = "/usr/sbin/auditctl"
COUNTERS = re.compile(r"^(lost:? |backlog |backlog_wait_time_actual:? )\d+$", re.M)
DAEMON_PID = re.compile(r"^pid [1-9]\d*$", re.M)
STEP_TIMEOUT = 20  # seconds


class Answer:
    """Status and output of one command; counters and pids of daemons are masked."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, masked(out), masked(err)

    def __eq__(self, other):
        return (self.status, self.out, self.err) == (other.status, other.out, other.err)

    def lines(self):
        return [f"status {self.status}", *(f"out: {line}" for line in self.out.split("\n") if line),
                *(f"err: {line}" for line in self.err.split("\n") if line)]


def masked(text):
    return DAEMON_PID.sub("pid P", COUNTERS.sub(r"\1N", text)).rstrip("\n")


def plain_env():
    """For programs that are to talk to the kernel with their own library."""
    env = {name: value for name, value in os.environ.items() if name not in ("LD_LIBRARY_PATH", "UAUDIT_SOCKET")}
    return dict(env, LC_ALL="C")


def run(words, env):
    done = subprocess.run([AUDITCTL, *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=STEP_TIMEOUT)
    return Answer(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def check_is_scoped(words, exe):
    """Before anything goes to the kernel: a rule that does not name the test's own program would audit the machine."""
    pairs = list(zip(words, words[1:]))
    if ("-e", "2") in pairs or ("-f", "2") in pairs or "--loginuid-immutable" in words:
        raise ValueError(f"not for the kernel: {words}")
    scopes = [word for word in words if word.startswith("exe=")]
    if any(word in ("-a", "-A", "-w") for word in words) and not (
            scopes and all(scope == "exe=relative" or scope.startswith(f"exe={os.path.dirname(exe)}/")
                           for scope in scopes)):
        raise ValueError(f"not for the kernel, it does not name {exe}: {words}")
    if words[:1] == ["-R"] and len(words) == 2 and os.path.isfile(words[1]):
        with open(words[1], encoding="utf-8") as text:
            for line in text:
                if not line.startswith("#"):
                    check_is_scoped(line.split(), exe)


def difference(wanted, got, names=("kernel", "engine")):
    return "\n".join(list(difflib.unified_diff(wanted.lines(), got.lines(), *names, lineterm=""))[2:])
