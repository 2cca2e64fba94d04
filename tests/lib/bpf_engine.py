# SPDX-License-Identifier: MIT
"""An engine with the BPF source for one control group, and calls of it that can be counted."""

import os
import re
import signal
import subprocess
import time

from audit_engine import Engine, children_of, wait_for

RULES = "-a always,exit -F arch=b64 -S getpriority -F a0=0x7777 -k numbered\n"
LOST = re.compile(r"^op=events-lost source=bpf .*events=(\d+) .*res=0$")
ARGUMENT = re.compile(r"\ba1=([0-9a-f]+)")
BPFTOOL = next((path for path in ("/usr/sbin/bpftool", "/usr/bin/bpftool") if os.path.exists(path)), "bpftool")


class BpfEngine(Engine):
    """Its rules come from a file, so that the next one has them too. Whatever happens, nothing of it stays in the kernel."""

    def __init__(self, build, top, arguments=(), rules=RULES):
        super().__init__(build, top, arguments)
        self.rules = os.path.join(top, "audit.rules")
        with open(self.rules, "w", encoding="ascii") as file:
            file.write(rules)
        at = self.command.index("--source")
        self.command[at + 1] = "bpf"
        self.command += ["--rules", self.rules]
        self.pins = os.path.join("/sys/fs/bpf/uaudit", re.sub(r"[-.%]", lambda m: f"%{ord(m[0]):02x}",
                                                              self.run_dir.strip("/")).replace("/", "-"))

    def kill(self, and_writer=False):
        """-9, and the log writer in the same breath."""
        victims = [self.process.pid] + (children_of(self.process.pid) if and_writer else [])
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def detach(self):
        at = self.command.index("--run-dir")
        return subprocess.run([self.command[0], "daemon", "--detach", "--run-dir", self.command[at + 1]],
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __exit__(self, *_):
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            self.detach()

    def pinned_ids(self):
        """(kind, id) of all programs, maps and links."""
        ids = []
        for name in sorted(os.listdir(self.pins)):
            kind = {"ring": "map"}.get(name.split("_")[0], name.split("_")[0])
            shown = subprocess.run([BPFTOOL, "-j", kind, "show", "pinned", os.path.join(self.pins, name)], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout
            ids.append((kind, int(re.search(r'"id":(\d+)', shown)[1])))
        return ids


def are_gone(ids):
    def is_there(kind, number):
        return subprocess.run([BPFTOOL, kind, "show", "id", str(number)], check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    return wait_for("the end of programs, maps and links",
                    lambda: not any(is_there(kind, number) for kind, number in ids))


def numbers(records, key="numbered"):
    """The numbers of the calls in the log, in its order."""
    return [int(ARGUMENT.search(record.text)[1], 16) for record in records
            if record.kind == "SYSCALL" and f'key="{key}"' in record.text]


def declared(records, extra=""):
    """Events that the log says were lost."""
    return sum(int(LOST.match(record.text)[1]) for record in records
               if record.kind == "KERNEL" and LOST.match(record.text) and extra in record.text)


def settle(engine):
    """Until the log does not grow any more."""
    size = -1
    while size != os.stat(engine.log).st_size:
        size = os.stat(engine.log).st_size
        time.sleep(0.3)
