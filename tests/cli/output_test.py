# SPDX-License-Identifier: Apache-2.0
"""Where a report goes: --output in all its forms, and outputs that fail.

output_test.py PROGRAM SOURCE-DIR
"""
import os
import resource
import signal
import stat
import subprocess
import tempfile

import sample
from support import ERROR, FOUND, INCOMPLETE, PROGRAM, run, run_cases, write

NOBODY = 65534
ROOT = os.geteuid() == 0


def leak():
    write("leak", "token = " + sample.token("output") + "\n")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def small_files_only():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def whole_or_not_at_all():
    leak()
    write("out/report", "the old one")
    done = run("scan", "--output", "out/report", "leak", expect=ERROR,
               preexec_fn=small_files_only)
    assert b"out/report" in done.stderr
    assert read("out/report") == "the old one"
    assert os.listdir("out") == ["report"], "a temporary file was left"
    run("scan", "--output", "out/report", "leak", expect=FOUND)
    assert "1 secret in 1 place" in read("out/report")
    assert os.listdir("out") == ["report"]


def told_before_the_scan():
    leak()
    os.mkdir("folder")
    for path in ("no/such/folder", "folder", "leak/file"):
        # Nothing was scanned: so nothing is said of standard input.
        with subprocess.Popen([PROGRAM, "scan", "-o", path, "-"],
                              stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            words = child.stderr.read()
            child.stdin.close()
        assert child.returncode == ERROR and path.encode() in words, words


def modes():
    leak()
    os.umask(0o022)
    run("scan", "-o", "new", "leak", expect=FOUND)
    assert mode_of("new") == 0o600
    for mode in (0o644, 0o664, 0o600, 0o640):
        write("old", "old")
        os.chmod("old", mode)
        run("scan", "-o", "old", "leak", expect=FOUND)
        assert mode_of("old") == mode and "1 secret" in read("old")
    if ROOT:
        os.chown("old", NOBODY, NOBODY)
        run("scan", "-o", "old", "leak", expect=FOUND)
        now = os.stat("old")
        assert (now.st_uid, now.st_gid) == (NOBODY, NOBODY)


def links():
    leak()
    write("real/file", "old")
    os.chmod("real/file", 0o644)
    os.symlink("real/file", "link")
    os.symlink("link", "again")
    os.symlink("real/new", "dangling")
    os.symlink("loop", "loop")
    for link, file, mode in (("again", "real/file", 0o644),
                             ("dangling", "real/new", 0o600)):
        run("scan", "-o", link, "leak", expect=FOUND)
        assert os.path.islink(link) and not os.path.islink(file)
        assert "1 secret" in read(file) and mode_of(file) == mode
    done = run("scan", "-o", "loop", "leak", expect=ERROR)
    assert b"loop" in done.stderr and os.path.islink("loop")


def links_of_others():
    if not ROOT:
        return
    leak()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)
        target = folder + "/target"
        write(target, "old")
        os.symlink(target, folder + "/link")
        os.lchown(folder + "/link", NOBODY, NOBODY)
        done = run("scan", "-o", folder + "/link", "leak", expect=ERROR)
        assert b"another user" in done.stderr and read(target) == "old"


def not_writable():
    if not ROOT:
        return
    leak()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        write(folder + "/report", "old")
        os.chmod(folder + "/report", 0o444)
        done = subprocess.run(
            [PROGRAM, "scan", "-o", folder + "/report", "-"],
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
            user=NOBODY, group=NOBODY, extra_groups=[])
        assert done.returncode == ERROR, done
        assert b"Permission denied" in done.stderr, done
        assert read(folder + "/report") == "old"


def special_files():
    leak()
    run("scan", "--output=/dev/full", "leak", expect=ERROR)
    run("scan", "--output=/dev/null", "leak", expect=FOUND)
    os.mkfifo("fifo")
    with subprocess.Popen(["cat", "fifo"], stdout=subprocess.PIPE) as cat:
        run("scan", "--output=fifo", "leak", expect=FOUND)
        assert b"1 secret" in cat.communicate()[0]
    done = run("scan", "--output=/dev/stdout", "leak", expect=FOUND)
    assert b"1 secret" in done.stdout
    # A file that the shell opened is written to, /dev/stdout stays a link.
    with open("file", "wb") as file:
        subprocess.run([PROGRAM, "scan", "-o", "/dev/stdout", "leak"],
                       stdout=file, check=False)
        assert os.fstat(file.fileno()).st_size > 0
    assert "1 secret" in read("file") and os.path.islink("/dev/stdout")
    done = run("scan", "--output=-", "leak", expect=FOUND)
    assert b"1 secret" in done.stdout and not os.path.exists("-")


def standard_output_that_fails():
    leak()
    ends = os.pipe()
    os.close(ends[0])
    child = subprocess.run([PROGRAM, "scan", "leak"], stdout=ends[1],
                           stderr=subprocess.DEVNULL, check=False, timeout=60)
    os.close(ends[1])
    assert child.returncode in (ERROR, -signal.SIGPIPE), child.returncode
    for args in (["scan", "leak"], ["--help"], ["--version"],
                 ["scan", "--help"], ["rules", "list"],
                 ["explain", "github-pat"]):
        for how in (">/dev/full", ">&-"):
            child = subprocess.run(
                ["sh", "-c", '"$@" ' + how, "sh", PROGRAM, *args],
                stderr=subprocess.PIPE, check=False, timeout=60)
            assert child.returncode == ERROR, (args, how, child)
            assert b"standard output" in child.stderr, (args, how, child)


def files_that_are_closed():
    """What is opened later is not taken for standard output or error."""
    leak()
    for how in (">&- 2>&-", "2>&-", ">&- 2>&- <&-"):
        subprocess.run(["sh", "-c", '"$@" ' + how, "sh", PROGRAM, "scan", "-v",
                        "--output=report", "leak"], check=False)
        assert read("report").startswith("critical"), how
        os.remove("report")
    child = subprocess.run(["sh", "-c", '"$@" <&-', "sh", PROGRAM, "scan", "-"],
                           capture_output=True, check=False)
    assert child.returncode == INCOMPLETE, child


run_cases(whole_or_not_at_all, told_before_the_scan, modes, links,
          links_of_others, not_writable, special_files,
          standard_output_that_fails, files_that_are_closed)
