# SPDX-License-Identifier: MIT
"""A mount namespace of the test's own, so that programs find what they name by fixed paths and the machine keeps what it has."""

import os
import shutil
import subprocess
import sys

from audit_kernel import Unavailable

INSIDE = "UAUDIT_TEST_MOUNTS"


def enter():
    """Starts the script anew in its own mount namespace; comes back there. Unavailable says why not."""
    if os.environ.get(INSIDE):
        return
    if not shutil.which("unshare"):
        raise Unavailable("unshare is not installed")
    probe = subprocess.run(["unshare", "-m", "mount", "--make-rprivate", "/"], capture_output=True, text=True,
                           check=False)
    if probe.returncode:
        raise Unavailable(f"a mount namespace of its own needs root: {probe.stderr.strip()}")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])


def cover(path, with_copy=False):
    """An empty file system, or one with a copy of what is there, in place of the directory."""
    kept = None
    if with_copy:
        kept = f"/tmp/uaudit-cover.{os.getpid()}"
        subprocess.run(["cp", "-a", path, kept], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path], check=True)
    if kept:
        subprocess.run(["cp", "-a", f"{kept}/.", path], check=True)
        shutil.rmtree(kept)


def cover_run():
    """/run is empty but for the locks, which hold others back as before."""
    kept = f"/tmp/uaudit-lock.{os.getpid()}"
    os.mkdir(kept)
    subprocess.run(["mount", "--bind", "/run/lock", kept], check=True)
    cover("/run")
    os.mkdir("/run/lock")
    subprocess.run(["mount", "--move", kept, "/run/lock"], check=True)
    os.rmdir(kept)
