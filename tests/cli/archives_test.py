# SPDX-License-Identifier: Apache-2.0
"""Archives: what their members hold and what stands around them, in files and
on standard input alike; and bombs.

archives_test.py PROGRAM SOURCE-DIR
"""
import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import tarfile
import zipfile

import sample
from support import (CLEAN, FOUND, INCOMPLETE, PROGRAM, places, report, run,
                     run_cases, skipped, write)

TOKEN = sample.token("archives")
LEAK = ("first line\ntoken = " + TOKEN + "\n").encode()


def scan(name, expect=FOUND):
    """Where something is in a file; standard input must say the same."""
    document = report("scan", name, expect=expect)
    with open(name, "rb") as file:
        other = report("scan", "-", expect=expect, stdin=file)
    found = [(p.get("archive"), p["start_line"]) for p in places(document)]
    # What compressed files hold is named after them, if they have a name.
    if not any(f[0] == "member" for f in found):
        assert found == [(p.get("archive"), p["start_line"])
                         for p in places(other)], (name, document, other)
    assert skipped(document) == skipped(other), (name, document, other)
    return found


def tar_of(*members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as file:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return out.getvalue()


def zip_of(name, data, ending=b"", **info):
    out = io.BytesIO()
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    for key, value in info.items():
        setattr(member, key, value)
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(member, data)
        file.comment = ending
    return out.getvalue()


def members():
    write("a.zip", zip_of("in/b.txt", LEAK))
    write("a.tar.gz", tar_of(("in/b.txt", LEAK), mode="w:gz"))
    write("member.gz", gzip.compress(LEAK))
    for path, member in (("a.zip", "in/b.txt"), ("a.tar.gz", "in/b.txt"),
                         ("member.gz", "member")):
        assert scan(path) == [(member, 2)]
        done = run("scan", path, expect=FOUND)
        assert (path + "!" + member + ":2:9").encode() in done.stdout
    run("scan", "--no-archives", "a.zip", expect=CLEAN)
    write("cut.gz", gzip.compress(os.urandom(9999))[:5000])
    done = run("scan", "cut.gz", expect=INCOMPLETE)
    assert b"cut.gz" in done.stdout


def zeros_are_no_tar():
    """Data that begins like the end of a tar is data."""
    data = bytes(512) + b"\n" + LEAK
    for pack in (gzip.compress, lzma.compress, bz2.compress):
        write("member.z", pack(data))
        assert scan("member.z") == [("member", 3)]
    # The first block of what is compressed lies beyond the head of the file.
    write("member.bz2", bz2.compress(data + os.urandom(700000)))
    assert scan("member.bz2") == [("member", 3)]
    write("zip", zip_of("z.gz", gzip.compress(data)))
    assert scan("zip") == [("z.gz!z", 3)]
    write("zeros.gz", gzip.compress(bytes(3 * 2 ** 20)))
    document = report("scan", "zeros.gz", expect=CLEAN)
    assert document["scan"]["coverage"]["bytes"] >= 3 * 2 ** 20


def nothing_inside():
    for name, data in (("gz", gzip.compress(b"")), ("xz", lzma.compress(b"")),
                       ("tar", tar_of()), ("tar.gz", tar_of(mode="w:gz"))):
        write(name, data)
        assert not scan(name, expect=CLEAN)


def behind_the_end():
    """What stands behind the end of an archive is read, or counted."""
    first, second = tar_of(("a", b"nothing\n")), tar_of(("b", LEAK))
    for name, data in (("joined", first + second),
                       ("joined.gz", gzip.compress(first + second)),
                       ("members.gz",
                        gzip.compress(first) + gzip.compress(second))):
        write(name, data)
        assert scan(name) == [("b", 2)], name
    far = b"x\n" * 999 + LEAK
    for name, data in (("tar", first + LEAK), ("far", first + far),
                       ("gz", gzip.compress(b"nothing") + LEAK),
                       ("zip", zip_of("a", b"x") + LEAK)):
        write(name, data)
        found = scan(name)
        assert len(found) == 1 and found[0][0] is None, (name, found)
    write("far.gz", gzip.compress(first + far))
    scan("far.gz", expect=INCOMPLETE)
    for data in (first, gzip.compress(first), zip_of("a", b"x")):
        write("whole", data)
        scan("whole", expect=CLEAN)


def around_a_zip():
    """Before it, behind it, both, and in the comment of all of it."""
    token = TOKEN.encode()
    app = zip_of("in/a", LEAK)
    for size in (1, 300000):
        script = b"#!/bin/sh\n" + b"x" * size + b"\n"
        for name, data in (("before", script + token + b"\n" + app),
                           ("behind", app + script + token),
                           ("both", script + app + b"\n" + token)):
            # Further from the end than a comment may reach, it is just bytes.
            if size == 1 or name != "behind":
                write(name, data)
                assert sorted(x or "" for x, _ in scan(name)) \
                    == ["", "in/a"], (name, size)
    write("comment", zip_of("a", b"x", b"key " + token))
    assert [x for x, _ in scan("comment")] == [None]
    write("both", b"#!/bin/sh\n" + zip_of("in/a", LEAK, b"key " + token))
    assert sorted(x or "" for x, _ in scan("both")) == ["", "in/a"]
    write("outer", zip_of("app", b"#!/bin/sh\n" + zip_of("in/a", LEAK)))
    assert [x for x, _ in scan("outer")] == ["app!in/a"]
    write("outer", zip_of("app", b"\n" * 300000 + zip_of("in/a", LEAK)))
    assert [x for x, _ in scan("outer")] == ["app!in/a"]


def inside_a_zip():
    """In what says of a member what is not its name, and between members."""
    token = b" " + TOKEN.encode() + b" "
    extra = struct.pack("<HH", 0x6375, len(token)) + token
    plain = zip_of("a", b"x")
    directory, end = plain.index(b"PK\1\2"), plain.index(b"PK\5\6")

    def moved(by, upto, *pieces):
        """The zip whose directory stands further behind."""
        at = struct.pack("<I", directory + by)
        return b"".join(pieces) + plain[upto:end + 16] + at + plain[end + 20:]

    for name, data in (
            ("member's comment", zip_of("a", b"x", comment=token)),
            ("extra field", zip_of("a", b"x", extra=extra)),
            ("extra field of the member alone",
             moved(len(extra), 31, plain[:28], struct.pack("<H", len(extra)),
                   plain[30:31], extra)),
            ("gap", moved(len(token), directory, plain[:directory], token)),
            ("another zip", zip_of("a", b"x", comment=token) + plain)):
        write("zip", data)
        assert {x for x, _ in scan("zip")} == {None}, name


def usual_zips_are_whole():
    """What every zip may hold is no reason to read it twice."""
    times = struct.pack("<HHBI", 0x5455, 5, 1, 0)
    write("a.txt", "nothing\n" * 99)
    kinds = {"times.zip": zip_of("a", b"x" * 999, extra=times)}
    for name, path in (("two.zip", "a.txt"), ("described.zip", "a.txt")):
        out = Unseekable() if name == "described.zip" else io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            file.write(path)
            file.write(path, "again")
            file.mkdir("folder") if hasattr(file, "mkdir") else None
        kinds[name] = out.getvalue()
    for name, data in kinds.items():
        write(name, data)
        document = report("scan", name, expect=CLEAN)
        with zipfile.ZipFile(name) as file:
            size = sum(x.file_size for x in file.infolist())
        assert document["scan"]["coverage"]["bytes"] == size, (name, document)


class Unseekable(io.BytesIO):
    def seekable(self):
        return False

    def seek(self, *args):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


def passed_over():
    """What a directory or a hard link holds in a tar is not passed over."""
    for kind in (tarfile.DIRTYPE, tarfile.LNKTYPE):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as file:
            file.addfile(tarfile.TarInfo("a"))
            member = tarfile.TarInfo("b")
            member.linkname = "a"
            member.size = len(LEAK)
            file.addfile(member, io.BytesIO(LEAK))
        data = bytearray(out.getvalue())
        retype(data, 512, kind)
        write("tar", bytes(data))
        found = scan("tar")
        assert len(found) == 1, (kind, found)


def retype(tar, at, kind):
    """Makes the entry whose header is at `at` one of another kind."""
    tar[at + 156:at + 157] = kind
    tar[at + 148:at + 156] = b" " * 8
    tar[at + 148:at + 156] = b"%06o\0 " % sum(tar[at:at + 512])


def repeated(pack, head, zeros):
    """Compressed `head` and that many mebibytes of zeros; quickly made."""
    return pack(head) + pack(bytes(16 * 2 ** 20)) * (zeros // 16)


def bombs():
    """However a bomb hides its bytes, no more than the bound is expanded."""
    gib, mib = 2 ** 30, 2 ** 20
    write("bomb.bz2", bz2.compress(bytes(mib)) * 300)
    scan("bomb.bz2", expect=INCOMPLETE)
    huge = tarfile.TarInfo("huge")
    huge.size = 7 * gib
    header = huge.tobuf(tarfile.USTAR_FORMAT)
    directory = bytearray(header)
    retype(directory, 0, tarfile.DIRTYPE)
    end = tar_of(("a", b"x"))
    # A member, one that should hold nothing, zeros behind the end: of these
    # the bound is 256 MiB and some 100 more.
    for name, head in (("member", header), ("directory", directory),
                       ("zeros", end)):
        write(name, repeated(bz2.compress, bytes(head), 7 * 1024))
        document = report("scan", name, expect=INCOMPLETE)
        assert list(skipped(document)) == ["limit"], (name, document)
        assert document["scan"]["coverage"]["bytes"] < gib, (name, document)


def long_streams():
    """Beyond a window a stream is read as it comes, and by its own size."""
    mib = 2 ** 20
    size = 300
    member = tarfile.TarInfo("long")
    member.size = size * mib
    last = tar_of(("a", LEAK))
    with subprocess.Popen([PROGRAM, "scan", "-f", "json", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as to:
        to.stdin.write(member.tobuf())
        for _ in range(size):
            to.stdin.write(bytes(mib))
        to.stdin.write(last)
        out, _ = to.communicate()
    assert to.returncode == FOUND and b'"complete": true' in out
    assert b'"archive": "a"' in out
    # What stands around a zip cannot be known before its end.
    noise = os.urandom(mib)
    for before in (b"", b"#!/bin/sh\n"):
        with open("zip", "wb") as file:
            file.write(before)
            with zipfile.ZipFile(file, "a") as zipped:
                for i in range(70):
                    zipped.writestr(str(i), noise)
        with open("zip", "rb") as file:
            done = run("scan", "-", expect=INCOMPLETE, stdin=file)
        assert b"archive: 1" in done.stdout, done
    with zipfile.ZipFile("outer", "w") as file:
        file.write("zip")
    document = report("scan", "outer", expect=INCOMPLETE)
    assert skipped(document) == {"limit": 1}, document
    for name in ("zip", "outer"):
        os.remove(name)


run_cases(members, zeros_are_no_tar, nothing_inside, behind_the_end,
          around_a_zip, inside_a_zip, usual_zips_are_whole, passed_over, bombs,
          long_streams)
