# SPDX-License-Identifier: Apache-2.0
"""Repositories of every make, sound and damaged, through the program.

git_input_test.py PROGRAM SOURCE-DIR
"""
import glob
import os
import random
import stat

import sample
from support import (CLEAN, ERROR, FOUND, INCOMPLETE, git, places, report, run,
                     run_cases, skipped, without_times, write)


def commit(name, text):
    write(name, text)
    git("add", "-A")
    git("commit", "-qm", "change " + name)


def repository(name, commits=12):
    """A history with secrets that come, move and go."""
    git("init", "-q", name)
    os.chdir(name)
    lines = ["line %d of some text\n" % i for i in range(300)]
    for i in range(commits):
        lines[i * 7] = "changed in %d\n" % i
        if i % 3 == 0:
            lines.insert(20 * i, "token=%s\n" % sample.token("h%d" % (i // 2)))
        commit("file", "".join(lines))
    git("mv", "file", "moved")
    commit("clean", "nothing\n")
    git("tag", "-am", "a tag with " + sample.token("tag"), "v1")
    os.chdir("..")


def not_a_repository():
    write("plain/file", "x")
    # Without this, git looks further up.
    os.environ["GIT_CEILING_DIRECTORIES"] = os.getcwd()
    done = run("git", "plain", expect=ERROR)
    assert b"plain" in done.stderr and b"repository" in done.stderr, done
    done = run("git", "no-such-place", expect=ERROR)
    assert b"no-such-place" in done.stderr, done
    done = run("git", "plain", "other", expect=ERROR)
    write("fake/.git/HEAD", "nonsense")
    run("git", "fake", expect=ERROR)
    git("init", "-q", "empty")
    run("git", "empty", expect=CLEAN)
    done = run("git", "--range=a..b", "empty", expect=ERROR)
    assert b"a" in done.stderr, done


def loose_path(repo, oid):
    return os.path.join(repo, ".git/objects", oid[:2], oid[2:])


def damage(path, change):
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    write(path, bytes(change(data)))


def one_blob(name, text):
    git("init", "-q", name)
    os.chdir(name)
    commit("clean", "fine\n")
    commit("bad", text)
    oid = git("rev-parse", "HEAD:bad")
    os.chdir("..")
    return oid


def corrupt_object():
    text = "".join("noise %d\n" % i for i in range(500))

    def flip(data):
        data[len(data) // 2] ^= 0xff
        return data

    for number, change in enumerate((flip, lambda data: data[:len(data) // 2],
                                     lambda data: b"", lambda data: b"junk")):
        repo = "loose%d" % number
        path = loose_path(repo, one_blob(repo, text))
        damage(path, change)
        for engine in ("delta", "whole"):
            document = report("git", "--engine=" + engine, repo,
                              expect=INCOMPLETE)
            assert sum(skipped(document).values()) == 1, document["scan"]
            assert not document["scan"]["complete"]


def missing_object():
    oid = one_blob("repo", "some text\n")
    os.remove(loose_path("repo", oid))
    document = report("git", "repo", expect=INCOMPLETE)
    assert skipped(document) == {"missing-object": 1} or \
        sum(skipped(document).values()) == 1, skipped(document)


def either(*args):
    """The exit code, one of findings or incomplete, and the report."""
    try:
        return FOUND, report(*args, expect=FOUND)
    except AssertionError:
        return INCOMPLETE, report(*args, expect=INCOMPLETE)


def corrupt_pack():
    git("init", "-q", "repo")
    os.chdir("repo")
    noise = random.Random(1)
    for i in range(6):
        commit("noise%d" % i, noise.randbytes(20000).hex())
    commit("leak", "token=" + sample.token("beside") + "\n")
    git("gc", "-q")
    os.chdir("..")
    sound = report("git", "repo", expect=FOUND)
    assert sound["scan"]["complete"]
    pack, = glob.glob("repo/.git/objects/pack/*.pack")
    with open(pack, "rb") as file:
        good = file.read()
    codes = set()
    for at in range(len(good) // 9, len(good), len(good) // 5):
        def flip(data):
            data[at:at + 40] = bytes(40)
            return data
        damage(pack, flip)
        for engine in ("", "--engine=whole"):
            args = ["git", "repo"] + ([engine] if engine else [])
            _, document = either(*args)
            assert not document["scan"]["complete"], (at, engine)
            codes.add(len(document["findings"]))
        write(pack, good)
    assert 1 in codes, "no damage left the other objects readable"


def cut_pack():
    repository("repo")
    git("-C", "repo", "gc", "-q")
    pack, = glob.glob("repo/.git/objects/pack/*.pack")
    damage(pack, lambda data: data[:len(data) // 2])
    code, document = either("git", "repo")
    assert not document["scan"]["complete"], code


def summary(document):
    """What must not depend on how the objects are stored."""
    return [(f["id"], [(p.get("path"), p["kind"], p["start_line"], p["offset"],
                        p.get("commit"), p["at_tip"])
                       for p in f["locations"]])
            for f in document["findings"]]


def same_in_every_form():
    repository("repo")
    loose = report("git", "repo", expect=FOUND)
    assert len(loose["findings"]) >= 4, loose["findings"]
    git("clone", "-q", "--mirror", "repo", "mirror.git")
    url = "file://" + os.path.realpath("repo")
    git("clone", "-q", "--no-local", url, "packed")
    git("clone", "-q", "--no-local", "--bare", url, "bare.git")
    git("-C", "packed", "repack", "-adq", "--depth=50", "--window=50", "-f")
    for other in ("mirror.git", "packed", "bare.git"):
        document = report("git", other, expect=FOUND)
        assert summary(document) == summary(loose), other
    git("clone", "-q", "--no-local", "--depth=3", url, "shallow")
    shallow = report("git", "shallow", expect=FOUND)
    mine = {f["id"] for f in shallow["findings"]}
    assert mine <= {f["id"] for f in loose["findings"]}
    # What the last commit holds is there in both.
    tip = {f["id"] for f in loose["findings"] if f["present_at_tip"]}
    assert tip and tip <= mine


def same_bytes():
    repository("repo")
    git("-C", "repo", "gc", "-q")
    outs = [without_times(report("git", "--jobs=%d" % jobs, "repo",
                                 expect=FOUND)) for jobs in (1, 2, 4, 2)]
    assert all(out == outs[0] for out in outs)
    texts = [run("git", "--jobs=%d" % jobs, "repo", expect=FOUND).stdout
             for jobs in (1, 2, 4)]
    assert texts[0] == texts[1] == texts[2]


def odd_names():
    git("init", "-q", "repo")
    os.chdir("repo")
    token = sample.token("odd")
    for name in (b"new\nline", b"bad\xff\xfe", b"esc\033]0;title\007"):
        with open(name, "w") as file:
            file.write("token=" + token + "\n")
    git("add", "-A")
    git("commit", "-qm", "odd \033[31mred\033[0m message")
    os.chdir("..")
    # One blob at three paths.
    assert len(places(report("git", "repo", expect=FOUND))) == 3
    for form in ("text", "json", "jsonl", "sarif", "gitlab", "gitleaks",
                 "junit", "csv"):
        out = run("git", "--format=" + form, "repo", expect=FOUND).stdout
        assert not any(byte < 32 and byte not in b"\n\r" for byte in out), form
        assert token.encode() not in out
        out.decode()


run_cases(not_a_repository, corrupt_object, missing_object, corrupt_pack,
          cut_pack, same_in_every_form, same_bytes, odd_names)
