# SPDX-License-Identifier: MIT
"""The kernel's own audit for the length of a test: the lock that all such tests take, and everything as before afterwards.

A guardian process restores it, when the test says that it is done or when the test ends in whatever way.
"""

import ctypes
import errno
import fcntl
import os
import signal
import sys
import time

from audit_wire import DEL_RULE, Link

LOCKS = ["/run/lock/uaudit-kernel-audit.lock", "/tmp/uaudit-kernel-audit.lock"]
DEFAULTS = {"enabled": 0, "rate_limit": 0, "backlog_limit": 64, "failure": 1, "backlog_wait_time": 15000}
PR_SET_PDEATHSIG = 1
SKIP = 77


class Unavailable(Exception):
    pass


def die_with_parent():
    """For preexec_fn: no child of a test outlives it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def why_not():
    """None if the kernel's audit is there and nobody uses it, otherwise why a test cannot have it."""
    try:
        with Link() as link:
            status = link.status()
            rules = link.rules()
    except OSError as error:
        if error.errno == errno.EPERM:
            return "the kernel's audit needs CAP_AUDIT_CONTROL"
        return f"the kernel's audit is not there: {error.strerror}"
    if status["enabled"] or (status["pid"] and exists(status["pid"])):
        return "the kernel's audit is in use"
    if rules:
        return "the kernel's audit has rules loaded"
    changed = [name for name, value in DEFAULTS.items() if status[name] != value]
    if changed:
        return f"the kernel's audit has been set up for something: {', '.join(changed)}"
    return None


def clear_pid(link):
    """The kernel names a daemon that died until something cannot be sent to it; a registration looks."""
    end = time.monotonic() + 5
    while link.status()["pid"] and time.monotonic() < end:
        if link.set("pid", os.getpid()) == 0:
            link.set("pid", 0)
        else:
            time.sleep(0.05)


def restore():
    with Link() as link:
        link.set("enabled", 0)
        clear_pid(link)
        for rule in link.rules():
            link.request(DEL_RULE, rule)
        for name, value in DEFAULTS.items():
            link.set(name, value)
        status = link.status()
        return not link.rules() and not status["pid"] and all(status[name] == DEFAULTS[name] for name in DEFAULTS)


def guard(told):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(told, 1)  # the end of the test, whatever kind
    restored = False
    try:
        restored = restore()
    finally:
        os._exit(0 if restored else 1)


class KernelAudit:
    """with KernelAudit(): the kernel's audit is ours. Unavailable says why not."""

    def __enter__(self):
        self.lock = take_lock()
        why = why_not()
        if why:
            os.close(self.lock)
            raise Unavailable(why)
        told, self.tell = os.pipe()
        sys.stdout.flush()
        self.guardian = os.fork()
        if self.guardian == 0:
            os.close(self.tell)
            guard(told)
        os.close(told)
        # Without a handler the interpreter would not come by __exit__; the guardian would see the end all the same.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_):
        os.close(self.tell)
        _, status = os.waitpid(self.guardian, 0)
        os.close(self.lock)
        if status:
            raise RuntimeError("the kernel's audit could not be restored: see auditctl -s, auditctl -l")


def take_lock():
    for path in LOCKS:
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            continue
        fcntl.flock(fd, fcntl.LOCK_EX)
        return fd
    raise Unavailable("no lock file can be opened")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)
