# SPDX-License-Identifier: Apache-2.0
"""What is refused, for it would scan less than was meant, read what it must
not, or overwrite somebody's file.

refusals_test.py PROGRAM SOURCE-DIR
"""
import os

import sample
from support import (CLEAN, ERROR, FOUND, git, report, run, run_cases, write)

TOKEN = sample.token("refusals")


def refused(*args, names, **more):
    done = run(*args, expect=ERROR, **more)
    for name in names:
        assert name.encode() in done.stderr, done
    return done


def linked_configuration():
    """A tree's own files may not lead out of it; those with -c may be links."""
    write("outside", "root:very-private: [\n")
    write("good.yml", "confidence: low\n")
    os.mkdir("tree")
    write("tree/file", "nothing\n")
    for name in (".keysweep.yml", ".gitleaksignore"):
        for target in ("../outside", "../good.yml", "nowhere", "/dev/null"):
            os.symlink(target, "tree/" + name)
            done = refused("scan", "--trust-repo-config", "tree",
                           names=(name, "link"))
            assert b"very-private" not in done.stderr, done
            run("scan", "--no-trust-repo-config", "tree", expect=CLEAN)
            os.remove("tree/" + name)
        os.mkfifo("tree/" + name)
        refused("scan", "--trust-repo-config", "tree", names=(name,))
        os.remove("tree/" + name)
    os.symlink("good.yml", "link.yml")
    run("scan", "-c", "link.yml", "tree", expect=CLEAN)


def no_rule():
    write("leak", TOKEN)
    refused("scan", "--tag", "nosuch", "leak", names=("nosuch",))
    run("scan", "--tag", "github", "leak", expect=FOUND)
    refused("scan", "--tag", "github", "--tag", "nosuch", "leak",
            names=("nosuch",))
    refused("scan", "--rule", "github-pat", "--tag", "aws", "leak",
            names=("no rule",))


def foreign_state():
    git("init", "-q", "repo")
    write("repo/file", "nothing\n")
    git("-C", "repo", "add", ".")
    git("-C", "repo", "commit", "-qm", "a change")
    for text in ("precious\n", "x" * 100000, "keysweep\n"):
        write("notes", text)
        refused("git", "--state", "notes", "repo", names=("notes",))
        with open("notes", encoding="utf-8") as file:
            assert file.read() == text
    write("notes", "")
    run("git", "--state", "notes", "repo", expect=CLEAN)
    with open("notes", "rb") as file:
        whole = file.read()
    write("notes", whole[:-7])  # a damaged one of our own is replaced
    run("git", "--state", "notes", "repo", expect=CLEAN)
    with open("notes", "rb") as file:
        assert file.read() == whole


def nothing_to_look_at():
    git("init", "-q", "--bare", "bare")
    refused("git", "--staged", "bare", names=("bare repository",))
    refused("scan", "", names=("empty",))
    refused("scan", ".", "", names=("empty",))


def baselines_add_up():
    for name in ("one", "two"):
        write(name, sample.token(name))
        run("scan", "-f", "json", "-o", name + ".json", name, expect=FOUND)
    document = report("scan", "--baseline=one.json", "--baseline=two.json",
                      "one", "two", expect=CLEAN)
    assert document["scan"]["suppressed"] == 2, document
    run("scan", "--baseline=two.json", "one", "two", expect=FOUND)


def dropped_are_notes():
    last = "1" if TOKEN[-1] == "0" else "0"
    write("file", "see " + TOKEN[:-1] + last + "\n")
    done = run("scan", "--explain-drops", "--rule", "github-pat",
               "file", expect=CLEAN)
    assert b"keysweep: file:" in done.stderr, done
    assert b"error" not in done.stderr, done


run_cases(linked_configuration, no_rule, foreign_state, nothing_to_look_at,
          baselines_add_up, dropped_are_notes)
