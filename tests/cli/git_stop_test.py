# SPDX-License-Identifier: Apache-2.0
"""A scan of history that is stopped says so, and ends well.

git_stop_test.py PROGRAM SOURCE-DIR
"""
import json
import os
import signal
import subprocess

import sample
from support import FOUND, INCOMPLETE, PROGRAM, git, run_cases, skipped, write


def catches(pid, number):
    """Whether the process has a handler of its own for the signal."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        for line in file:
            if line.startswith("SigCgt:"):
                return int(line.split()[1], 16) >> (number - 1) & 1 == 1
    return False


def stop(number, *args):
    """Scans, and stops the scan as soon as it can be."""
    scan = subprocess.Popen([PROGRAM, "git", "--format=json", *args, "repo"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not catches(scan.pid, number):
        assert scan.poll() is None, scan.communicate()
    scan.send_signal(number)
    out, words = scan.communicate(timeout=60)
    return scan.returncode, json.loads(out), words


def repository(blobs, lines):
    git("init", "-q", "repo")
    for i in range(blobs):
        text = "".join("%d line %d of many\n" % (i, j) for j in range(lines))
        write("repo/file%d" % i, "t=%s\n" % sample.token("s%d" % i) + text)
    git("-C", "repo", "add", "-A")
    git("-C", "repo", "commit", "-qm", "all")


def stopped():
    repository(40, 40000)
    for number in (signal.SIGINT, signal.SIGTERM):
        for args in ([], ["--engine=whole"], ["--state=state"]):
            code, report, words = stop(number, *args)
            assert not report["scan"]["complete"], report["scan"]
            assert skipped(report)["interrupted"] == 1, report["scan"]
            assert code == (FOUND if report["findings"] else INCOMPLETE), code
            assert words == b"", words
            assert not os.path.exists("state"), "half a scan was remembered"


os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull,
                  GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
                  GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org")
run_cases(stopped)
