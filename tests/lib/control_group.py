# SPDX-License-Identifier: MIT
"""A control group of the v2 hierarchy for the length of a test, and programs that run in it."""

import os
import subprocess
import tempfile
import time

from audit_kernel import die_with_parent


def mount_point():
    """Of the v2 hierarchy; None without one."""
    with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            fields = line.split(" ")
            if fields[2] == "cgroup2":
                return fields[1]
    return None


def why_not():
    """None if a test can make control groups and load BPF programs, otherwise why it cannot."""
    if os.geteuid() != 0:
        return "BPF programs and control groups need root"
    if not mount_point():
        return "the v2 hierarchy of control groups is mounted nowhere"
    if not os.path.exists("/sys/kernel/btf/vmlinux"):
        return "the kernel has no BTF"
    return None


class ControlGroup:
    """with ControlGroup() as group: group.path; gone afterwards, together with what still runs in it."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="uaudit-test.", dir=mount_point())
        self.id = os.stat(self.path).st_ino
        return self

    def enter(self):
        """For preexec_fn: the program runs in the group, and dies with the test."""
        die_with_parent()
        with open(os.path.join(self.path, "cgroup.procs"), "w", encoding="ascii") as procs:
            procs.write("0")

    def run(self, command, **more):
        return subprocess.run(command, preexec_fn=self.enter, check=False, **more)

    def start(self, command, **more):
        return subprocess.Popen(command, preexec_fn=self.enter, **more)

    def pids(self):
        with open(os.path.join(self.path, "cgroup.procs"), encoding="ascii") as procs:
            return [int(line) for line in procs]

    def __exit__(self, *_):
        end = time.monotonic() + 10
        while True:
            for pid in self.pids():
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            try:
                os.rmdir(self.path)
                return
            except OSError:  # a process that has just ended
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
