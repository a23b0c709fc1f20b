# SPDX-License-Identifier: Apache-2.0
"""What is staged, or in a range of commits, is told of only where it adds a
secret to a file.

added_test.py PROGRAM SOURCE-DIR
"""
import os

import sample
from support import CLEAN, ERROR, FOUND, git, report, run, run_cases, write

OLD, NEW = sample.token("old"), sample.token("new")


def staged(expect, *args):
    """Path and line of each place, in order."""
    git("add", "-A")
    document = report("git", "--staged", *args, expect=expect)
    return [(place["path"], place["start_line"])
            for finding in document["findings"]
            for place in finding["locations"]]


def commit():
    git("add", "-A")
    git("commit", "-qm", "a change")


def start():
    git("init", "-q", ".")
    write("a", "x\nt: %s\n" % OLD)
    write("plain", "x\n")
    assert staged(FOUND) == [("a", 2)]
    commit()


def old_secrets():
    start()
    assert not staged(CLEAN)
    write("a", "one line more\nx\nt: %s # moved\n" % OLD)
    assert not staged(CLEAN)
    assert staged(FOUND, "--whole-files") == [("a", 3)]
    os.chmod("a", 0o755)
    assert not staged(CLEAN)
    run("git", "--whole-files", ".", expect=ERROR)


def new_secrets():
    start()
    write("a", "t: %s\nx\nt: %s\n" % (NEW, OLD))
    assert staged(FOUND) == [("a", 1)]
    write("a", "t: %s\nx\nt: %s\n" % (OLD, OLD))
    assert len(staged(FOUND)) == 1
    write("a", "x\n")
    write("plain", "t: %s\n" % OLD)
    assert staged(FOUND) == [("plain", 1)]
    commit()
    write("a", "t: %s\n" % OLD)
    assert staged(FOUND) == [("a", 1)]


def renames():
    start()
    os.makedirs("folder/below")
    os.rename("a", "folder/below/b")
    assert not staged(CLEAN)
    write("copy", "x\nt: %s\n" % OLD)
    assert len(staged(FOUND)) == 1
    os.remove("copy")
    write("folder/below/b", "x\nt: %s\nt: %s\n" % (OLD, NEW))
    assert ("folder/below/b", 3) in staged(FOUND)
    commit()
    write("copy", "x\nt: %s\nt: %s\n" % (OLD, NEW))
    assert len(staged(FOUND)) == 2


def parts():
    """A new secret beside an old id is a new pair."""
    git("init", "-q", ".")
    head = "aws_access_key_id = AK" + "IA2E0A8F3B4C5D6E7G\n"
    line = "aws_secret_access_key = %s\n"
    write("a", head + line % ("kJ8x/Qm2vLz+Rt5Yw9Nb" + "Hc3Df6Gs1Pa4Te7Uo0Iq"))
    staged(FOUND)
    commit()
    write("a", "#\n" + head + line %
          ("pX3c/Wn8bKa+Fu2Ty6Md" + "Jv9Eg4Hr7Qs1Zi5Lo0Bw"))
    assert ("a", 3) in staged(FOUND)
    write("a", "#\n" + head + line %
          ("kJ8x/Qm2vLz+Rt5Yw9Nb" + "Hc3Df6Gs1Pa4Te7Uo0Iq"))
    assert not staged(CLEAN)


def old_file_is_gone():
    """What cannot be read tells nothing of what was there."""
    start()
    blob = git("rev-parse", "HEAD:a")
    write("a", "more\nx\nt: %s\n" % OLD)
    git("add", "-A")
    os.remove(".git/objects/%s/%s" % (blob[:2], blob[2:]))
    assert staged(FOUND) == [("a", 3)]


def ranged(expect, choice, *args):
    document = report("git", "--range", choice, *args, ".", expect=expect)
    return [(place["path"], place["start_line"])
            for finding in document["findings"]
            for place in finding["locations"]]


def ranges():
    start()
    first = git("rev-parse", "HEAD")
    write("a", "one line more\nx\nt: %s\n" % OLD)
    commit()
    assert not ranged(CLEAN, first + "..HEAD")
    assert ranged(FOUND, first + "..HEAD", "--whole-files") == [("a", 3)]
    assert ranged(FOUND, "HEAD") == [("a", 2)]
    write("a", "more\nx\nt: %s\nt: %s\n" % (OLD, NEW))
    commit()
    assert ranged(FOUND, first + "..HEAD") == [("a", 4)]
    assert ranged(FOUND, "HEAD~1..HEAD") == [("a", 4)]
    write("a", "more\nx\nt: %s\nt: %s\nt: %s\n" % (OLD, NEW, OLD))
    commit()
    assert len(ranged(FOUND, "HEAD~1..HEAD")) == 1
    os.rename("a", "b")
    commit()
    assert not ranged(CLEAN, "HEAD~1..HEAD")
    write("plain", "t: %s\n" % OLD)
    commit()
    assert ranged(FOUND, "HEAD~1..HEAD") == [("plain", 1)]


def merges():
    """A merge adds what is in none of its parents' versions."""
    start()
    git("checkout", "-qb", "side")
    write("a", "x\nt: %s\n\n\n\ny\n" % OLD)
    commit()
    git("checkout", "-q", "-")
    write("a", "w\nx\nt: %s\n" % OLD)
    commit()
    base = git("rev-parse", "HEAD")
    git("merge", "-q", "--no-commit", "-s", "ours", "side")
    write("a", "w\nx\nt: %s\n\n\n\ny\n" % OLD)
    commit()
    assert not ranged(CLEAN, base + "..HEAD")
    git("reset", "-q", "--hard", base)
    git("merge", "-q", "--no-commit", "-s", "ours", "side")
    write("a", "w\nx\nt: %s\nt: %s\n\n\ny\n" % (OLD, NEW))
    commit()
    assert ranged(FOUND, base + "..HEAD") == [("a", 4)]


os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull,
                  GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
                  GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org")
run_cases(old_secrets, new_secrets, renames, parts, old_file_is_gone, ranges,
          merges)
