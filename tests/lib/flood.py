# SPDX-License-Identifier: MIT
"""tests/fault/flood: numbered messages under way, and what became of them in a log."""

import os
import re
import subprocess
from collections import Counter

from audit_kernel import die_with_parent

NUMBER = re.compile(r"\bop=(\S+) n=(\d+) ")
LOST = re.compile(r"^op=events-lost source=(\S+) lost=(\d+) events=(\d+) reason=(\S+) after=(\d+) before=(\d+) res=0$")


class Flood:
    """A running flood; result() waits for its end. file: opens that rather than to send messages; under: the command that runs
    it."""

    def __init__(self, build, env, prefix, count, rate=0, window=1, seconds=0, file=None, under=()):
        self.prefix, self.count = prefix, count
        command = [*under, os.path.join(build, "tests/fault/flood"), "-p", prefix, "-n", str(count), "-r", str(rate),
                   "-w", str(window), "-d", str(seconds), *(["-o", file] if file else [])]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=die_with_parent)

    def is_running(self):
        return self.process.poll() is None

    def end(self):
        """No more messages than those that are under way."""
        self.process.terminate()
        return self.result()

    def result(self, timeout=120):
        out, _ = self.process.communicate(timeout=timeout)
        if self.process.returncode:
            raise RuntimeError(f"flood ended with {self.process.returncode}: {out}")
        return {name: float(value) for name, value in (word.split("=") for word in out.split())}


def numbers(records, prefix):
    found = []
    for record in records:
        match = NUMBER.search(record.text)
        if match and match[1] == prefix:
            found.append(int(match[2]))
    return found


def losses(records):
    """(source, records, events, reason, after, before, own serial) of each loss record."""
    found = []
    for record in records:
        match = LOST.match(record.text)
        if match:
            found.append((match[1], int(match[2]), int(match[3]), match[4], int(match[5]), int(match[6]), record.serial))
    return found


class Verdict:
    def __init__(self):
        self.failed = 0

    def check(self, good, text):
        if not good:
            self.failed += 1
            print(f"FAIL {text}")
        return good

    def serials_ascend(self, records, what, repeated=0):
        """repeated: how many records may stand twice, next to each other as they were sent."""
        serials = [record.serial for record in records if not record.kind.startswith("DAEMON_")]
        back = [(a, b) for a, b in zip(serials, serials[1:]) if b < a]
        same = sum(a == b for a, b in zip(serials, serials[1:]))
        self.check(not back, f"{what}: serials go back: {back[:5]}")
        self.check(same <= repeated, f"{what}: {same} serials stand twice")
        return same

    def exactly_once(self, records, prefix, count, what, repeated=0):
        found = Counter(numbers(records, prefix))
        missing = [n for n in range(count) if n not in found]
        twice = [n for n, times in found.items() if times > 1]
        self.check(not missing, f"{what}: {len(missing)} of {count} records are missing, the first is number {missing[:1]}")
        self.check(len(twice) <= repeated and all(found[n] == 2 for n in twice),
                   f"{what}: {len(twice)} records stand more than once: {twice[:5]}")
        self.check(not set(found) - set(range(count)), f"{what}: numbers that nobody sent")
        return len(twice)
