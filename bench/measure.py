# SPDX-License-Identifier: MIT
"""Side by side timing: the variants of a claim run in turns, so that a busy moment hits all of them."""

import shutil
import statistics
import subprocess
import sys
import time

COUNTED = 5  # runs of each variant, after one that is not counted


class Variant:
    def __init__(self, name, command, prepare=None):
        self.name = name
        self.command = command
        self.prepare = prepare
        self.seconds = []

    def run(self, counted):
        if self.prepare:
            self.prepare()
        start = time.perf_counter()
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False)
        elapsed = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"{' '.join(self.command)}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
        if counted:
            self.seconds.append(elapsed)

    def median(self):
        return statistics.median(self.seconds)


def side_by_side(variants, counted=COUNTED):
    for number in range(counted + 1):
        for variant in variants:
            variant.run(counted=number > 0)
    return variants


def ratio(a, b):
    """How many times as long as b, from the medians."""
    return a.median() / b.median()


def needs(program):
    if not shutil.which(program):
        sys.exit(f"{program} is not installed: run scripts/setup check")
    return program


def table(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def seconds(value):
    return f"{value:.3f} s"
