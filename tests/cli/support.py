# SPDX-License-Identifier: Apache-2.0
"""What tests of the program share: running it, files, and a list of cases."""
import json
import os
import subprocess
import sys

CLEAN, FOUND, ERROR, INCOMPLETE = 0, 1, 2, 3
PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.join(SOURCE, "tests/cli"))


def run(*args, expect, timeout=60, **more):
    """Runs the program; its exit code must be the one expected."""
    done = subprocess.run([PROGRAM, *args], capture_output=True, check=False,
                          timeout=timeout, **more)
    assert done.returncode == expect, (args, done)
    return done


def report(*args, expect, **more):
    return json.loads(run(*args, "--format=json", expect=expect, **more).stdout)


def skipped(document):
    """Reasons for what was not scanned, with how often."""
    return {s["reason"]: s["count"]
            for s in document["scan"]["coverage"]["skipped"]}


def places(document):
    return [p for f in document["findings"] for p in f["locations"]]


def without_times(document):
    for name in ("started", "finished", "target"):
        document["scan"].pop(name)
    return document


def git(*args):
    done = subprocess.run(["git", *args], capture_output=True, check=False)
    assert done.returncode == 0, (args, done)
    return done.stdout.decode().strip()


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb" if isinstance(data, bytes) else "w") as file:
        file.write(data)


def run_cases(*cases):
    """Each in a folder of its own; ends the program."""
    top = os.getcwd()
    only = sys.argv[3:]
    failed = 0
    for case in cases:
        if only and case.__name__ not in only:
            continue
        os.mkdir(os.path.join(top, case.__name__))
        os.chdir(os.path.join(top, case.__name__))
        try:
            case()
            print("ok", case.__name__, flush=True)
        except (AssertionError, OSError, ValueError, LookupError,
                subprocess.TimeoutExpired) as problem:
            failed += 1
            print("FAILED", case.__name__, repr(problem)[:3000], flush=True)
    sys.exit(failed > 0)
