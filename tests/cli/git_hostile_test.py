# SPDX-License-Identifier: Apache-2.0
"""Repositories made to hurt: each scan ends soon, in little memory, and names
what it left out.

git_hostile_test.py PROGRAM SOURCE-DIR
"""
import hashlib
import json
import os
import subprocess
import zlib

import sample
from support import (CLEAN, FOUND, INCOMPLETE, PROGRAM, git, run_cases,
                     skipped, write)

SECONDS = 120  # sanitizers and a busy machine included
WAYS = ([], ["--range=HEAD~1..HEAD"], ["--engine=whole"], ["--all-objects"])


def scan(*args):
    """The exit code and the report, or an error for a scan without end."""
    done = subprocess.run([PROGRAM, "git", "--format=json", *args, "repo"],
                          capture_output=True, check=False, timeout=SECONDS)
    assert done.returncode in (0, 1, 3), done
    return done.returncode, json.loads(done.stdout)


def put(kind, data, name=None):
    """A loose object, under its own name or a false one."""
    raw = b"%s %d\0" % (kind.encode(), len(data)) + data
    oid = name or hashlib.sha1(raw).hexdigest()
    write("repo/.git/objects/%s/%s" % (oid[:2], oid[2:]), zlib.compress(raw))
    return oid


def put_tree(entries, name=None):
    lines = [b"%s %s\0" % (mode.encode(), entry.encode()) + bytes.fromhex(oid)
             for mode, entry, oid in sorted(entries, key=lambda e: e[1])]
    return put("tree", b"".join(lines), name)


def put_commit(tree, *parents):
    person = "A <a@example.org> 1500000000 +0000"
    lines = ["tree " + tree, *("parent " + p for p in parents),
             "author " + person, "committer " + person, "", "a commit", ""]
    oid = put("commit", "\n".join(lines).encode())
    write("repo/.git/refs/heads/main", oid + "\n")
    return oid


def start():
    subprocess.run(["rm", "-rf", "repo"], check=True)
    git("init", "-q", "-b", "main", "repo")


def secret(seed):
    return ("t=%s\n" % sample.token(seed)).encode()


def trees_that_hold_themselves():
    for text in (b"fine\n", secret("self")):
        start()
        blob, other = put("blob", text), put("blob", b"other\n")
        one, two = "aa" * 20, "bb" * 20
        put_tree([("40000", "a", one), ("40000", "b", one),
                  ("100644", "c", blob)], one)
        put_tree([("40000", "a", two), ("40000", "b", two),
                  ("100644", "c", other)], two)
        first = put_commit(one)
        put_commit(one, put_commit(two, first))
        for way in WAYS:
            code, report = scan(*way)
            if text == b"fine\n":
                assert code == CLEAN, (way, code, report["scan"])
            else:
                assert code == FOUND, (way, code)
                assert skipped(report)["limit"] >= 1, (way, report["scan"])


def trees_in_trees(text):
    """Sixty trees, each ten times in the next: 10^60 paths."""
    blob = put("blob", text)
    tree = put_tree([("100644", "c%d" % i, blob) for i in range(10)])
    for _ in range(60):
        tree = put_tree([("40000", "d%d" % i, tree) for i in range(10)])
    return tree


def git_bomb():
    for text in (b"fine\n", secret("bomb")):
        start()
        first = put_commit(trees_in_trees(b"other\n"))
        put_commit(trees_in_trees(text), first)
        for way in WAYS:
            code, report = scan(*way)
            assert code == (CLEAN if text == b"fine\n" else FOUND), (way, code)
            assert ("limit" in skipped(report)) == (code == FOUND), way
            assert report["scan"]["coverage"]["blobs"] < 20, report["scan"]


def one_commit_with_everything():
    """Many findings are no attack: each is told."""
    start()
    count = 11000
    entries = [("100644", "f%05d" % i, put("blob", secret("n%d" % i)))
               for i in range(count)]
    put_commit(put_tree(entries))
    code, report = scan()
    assert code == FOUND and report["scan"]["complete"], report["scan"]
    assert len(report["findings"]) == count, len(report["findings"])


def false_names():
    """--verify-objects tells what the other scans take on trust."""
    for packed in (False, True):
        start()
        blob = put("blob", b"fine\n")
        put_commit(put_tree([("100644", "a", blob)]))
        assert scan("--verify-objects")[0] == CLEAN
        lie = put("blob", b"not what it is called\n", "cc" * 20)
        put_commit(put_tree([("100644", "a", lie)]))
        if packed:
            pack_as_it_is("repo/.git/objects", lie)
        assert scan()[0] == CLEAN
        code, report = scan("--verify-objects")
        named = [s["examples"] for s in report["scan"]["coverage"]["skipped"]]
        assert code == INCOMPLETE and skipped(report) == {"corrupt": 1}, report
        assert named == [["object with a wrong hash " + lie]], named


def more_than_fits():
    """A packed blob of 3 GiB, as its entry says: no room is made for it."""
    start()
    blob = put("blob", b"small\n")
    put_commit(put_tree([("100644", "a", blob)]))
    pack_as_it_is("repo/.git/objects", blob, 3 << 30)
    code, report = scan()
    assert code == INCOMPLETE and skipped(report) == {"corrupt": 1}, report


def size_bytes(kind, size):
    """The head of a pack's entry."""
    out = [kind << 4 | size & 15]
    size >>= 4
    while size > 0:
        out[-1] |= 0x80
        out.append(size & 0x7f)
        size >>= 7
    return bytes(out)


def pack_as_it_is(folder, oid, size=None):
    """Moves a loose blob into a pack, whatever its name and size."""
    path = os.path.join(folder, oid[:2], oid[2:])
    with open(path, "rb") as file:
        data = zlib.decompress(file.read()).split(b"\0", 1)[1]
    os.remove(path)
    pack = b"PACK" + (2).to_bytes(4, "big") + (1).to_bytes(4, "big")
    pack += size_bytes(3, len(data) if size is None else size)
    pack += zlib.compress(data)
    pack += hashlib.sha1(pack).digest()
    name = bytes.fromhex(oid)
    index = b"\xfftOc" + (2).to_bytes(4, "big")
    index += b"".join((first >= name[0]).to_bytes(4, "big")
                      for first in range(256))
    index += name + bytes(4) + (12).to_bytes(4, "big") + pack[-20:]
    index += hashlib.sha1(index).digest()
    write(folder + "/pack/pack-made.pack", pack)
    write(folder + "/pack/pack-made.idx", index)


os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull)
run_cases(trees_that_hold_themselves, git_bomb, one_commit_with_everything,
          false_names, more_than_fits)
