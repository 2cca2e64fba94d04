# SPDX-License-Identifier: MIT
"""One engine for a test: uaudit daemon with all its files in a scratch directory, and programs that talk to it."""

import os
import re
import subprocess
import time

from audit_kernel import die_with_parent
from audit_wire import GET, Link

RECORD = re.compile(r"^(?:node=\S+ )?type=(\S+) msg=audit\((\d+)\.(\d+):(\d+)\): ?(.*)$", re.S)
START_TIMEOUT = STOP_TIMEOUT = 20  # seconds


class Record:
    def __init__(self, kind, serial, text):
        self.kind, self.serial, self.text = kind, serial, text

    def __str__(self):
        return f"{self.kind} {self.text}"


def read_log(path):
    """The records of a log file; what follows the separator of the enriched format is left out."""
    records = []
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as log:
            lines = log.read().split("\n")
    except FileNotFoundError:
        return []
    for line in lines:
        match = RECORD.match(line.split("\x1d")[0])
        if match:
            records.append(Record(match[1], int(match[4]), match[5].rstrip()))
        elif line:
            raise ValueError(f"{path}: not a record: {line!r}")
    return records


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as text:
        return [int(word) for word in text.read().split()]


def cpu_seconds(pid):
    """User and system time of a process so far; its children that have ended do not count."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as text:
        fields = text.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(what, test, timeout=START_TIMEOUT):
    end = time.monotonic() + timeout
    while True:
        result = test()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"not after {timeout} s: {what}")
        time.sleep(0.01)


class Engine:
    """with Engine(build, top): an engine with its sockets in top/run and its log in top/engine.log."""

    def __init__(self, build, top, arguments=(), run_dir=None):
        self.build = build
        self.run_dir = run_dir or os.path.join(top, "run")
        self.log = os.path.join(top, "engine.log")
        self.control = os.path.join(self.run_dir, "control.sock")
        self.readlog = os.path.join(self.run_dir, "readlog.sock")
        self.said = os.path.join(top, "engine.err")
        os.makedirs(self.run_dir, mode=0o755, exist_ok=True)
        os.makedirs(os.path.join(top, "state"), mode=0o700, exist_ok=True)
        self.command = [os.path.join(build, "uaudit"), "daemon", "--foreground", "--run-dir", self.run_dir,
                        "--log", self.log, "--state-dir", os.path.join(top, "state"), "--source", "none", *arguments]
        self.process = None

    def env(self):
        """For programs that are to talk to this engine through our library."""
        return dict(os.environ, LD_LIBRARY_PATH=self.build, UAUDIT_SOCKET=self.control, LC_ALL="C")

    def is_up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the engine ended with {self.process.returncode}: {self.errors()}")
        if not os.path.exists(self.control) or not os.path.exists(self.readlog):
            return False
        try:  # the sockets are there before the log writer: whoever answers has everything
            with Link(self.control) as link:
                link.request(GET)
        except OSError:
            return False
        return True

    def errors(self):
        with open(self.said, encoding="utf-8", errors="replace") as text:
            return text.read()

    def start(self):
        with open(self.said, "ab") as said:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                            preexec_fn=die_with_parent)
        wait_for("the engine's sockets", self.is_up)
        return self

    def stop(self):
        """Its status after SIGTERM; everything it had is in the log then."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def records(self):
        return read_log(self.log)
