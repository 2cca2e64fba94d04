# SPDX-License-Identifier: MIT
"""The distribution's auditd with a configuration and a log of the test's own. Needs a private /run (private_mounts)."""

import os
import signal
import subprocess

from audit_engine import read_log, wait_for
from audit_kernel import die_with_parent
from audit_wire import Link

AUDITD = "/usr/sbin/auditd"
STOP_TIMEOUT = 20  # seconds
CONFIG = {
    "log_file": None, "log_format": "ENRICHED", "log_group": "root", "flush": "NONE", "priority_boost": "0",
    "num_logs": "5", "max_log_file": "100", "max_log_file_action": "KEEP_LOGS", "space_left": "2",
    "space_left_action": "IGNORE", "admin_space_left": "1", "admin_space_left_action": "IGNORE",
    "disk_full_action": "IGNORE", "disk_error_action": "IGNORE", "plugin_dir": None, "q_depth": "2000",
    "overflow_action": "IGNORE", "verify_email": "no",
}


class Auditd:
    """control: path of an engine's socket, None for the kernel; env is made for the same."""

    def __init__(self, top, env, control=None, **config):
        self.env, self.control = env, control
        self.dir = top
        self.log = os.path.join(top, "log", "audit.log")
        plugins = os.path.join(top, "plugins.d")
        for path in (os.path.dirname(self.log), plugins):
            os.makedirs(path, mode=0o750, exist_ok=True)
        values = dict(CONFIG, log_file=self.log, plugin_dir=plugins, **config)
        with open(os.path.join(top, "auditd.conf"), "w", encoding="utf-8") as out:
            out.writelines(f"{name} = {value}\n" for name, value in values.items())
        os.chmod(out.name, 0o640)
        self.process = None

    def launch(self):
        self.process = subprocess.Popen([AUDITD, "-n", "-c", self.dir], env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=die_with_parent)
        return self

    def is_registered(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"auditd ended with {self.process.returncode}")
        with Link(self.control) as link:
            return link.status()["pid"] == self.process.pid

    def start(self):
        self.launch()
        wait_for("auditd is registered", self.is_registered)
        return self

    def send(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGCONT)
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
