# SPDX-License-Identifier: Apache-2.0
"""Files of every sort, and input that is bad, through the program.

scan_files_test.py PROGRAM SOURCE-DIR
"""
import json
import os
import subprocess
import sys

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.join(SOURCE, "tests/cli"))
import sample  # noqa: E402

CLEAN, FOUND, ERROR, INCOMPLETE = 0, 1, 2, 3
FORMATS = ("text", "json", "jsonl", "sarif", "gitlab", "gitleaks", "junit",
           "csv")


def run(*args, expect, **more):
    done = subprocess.run([PROGRAM, *args], capture_output=True, check=False,
                          timeout=300, **more)
    assert done.returncode == expect, (args, done)
    return done


def scan(*args, expect=FOUND, **more):
    """The report of a scan, and its one finding's one place if there is one."""
    done = run("scan", "--format=json", *args, expect=expect, **more)
    report = json.loads(done.stdout)
    places = [p for f in report["findings"] for p in f["locations"]]
    return report, places


def write(path, data):
    mode = "wb" if isinstance(data, bytes) else "w"
    with open(path, mode) as file:
        file.write(data)


def folder(name):
    os.makedirs(name)
    return name


def text_with(token):
    return "first line\ntoken = " + token + "\n"


def exit_codes():
    write("clean", "nothing\n")
    run("scan", "clean", expect=CLEAN)
    run("scan", folder("empty"), expect=CLEAN)
    write("leak", text_with(sample.token("leak")))
    run("scan", "leak", expect=FOUND)
    done = run("scan", "no-such-path", expect=ERROR)
    assert b"no-such-path" in done.stderr and not done.stdout
    done = run("scan", "--no-such-option", expect=ERROR)
    assert b"--no-such-option" in done.stderr
    done = run("scan", "--format=yaml", "clean", expect=ERROR)
    assert b"yaml" in done.stderr and b"sarif" in done.stderr
    run("scan", "clean", "-", expect=ERROR)


def as_nobody():
    os.setgid(65534)
    os.setuid(65534)


def unreadable():
    os.chmod("..", 0o755)
    os.chmod(".", 0o755)
    write(folder("closed") + "/a", "x")
    write("closed/b", text_with(sample.token("b")))
    os.chmod("closed/a", 0)
    os.chmod("closed", 0o755)
    more = {"preexec_fn": as_nobody} if os.geteuid() == 0 else {}
    report, places = scan("closed", **more)
    skipped = report["scan"]["coverage"]["skipped"]
    assert skipped[0]["reason"] == "unreadable" and skipped[0]["count"] == 1
    assert skipped[0]["examples"] == ["closed/a"]
    assert not report["scan"]["complete"] and len(places) == 1
    os.remove("closed/b")
    done = run("scan", "closed", expect=INCOMPLETE, **more)
    assert b"INCOMPLETE" in done.stdout and b"closed/a" in done.stdout
    run("scan", "closed/a", expect=ERROR, **more)


def special_files():
    os.mkfifo("fifo")
    done = run("scan", "fifo", expect=INCOMPLETE)
    assert b"special-file" in done.stdout
    os.symlink("/dev/zero", folder("links") + "/zero")
    os.symlink("..", "links/up")
    os.mkfifo("links/fifo")
    run("scan", "links", expect=CLEAN)


def columns():
    """Characters, in every form of text, in every report that has them."""
    token = sample.token("columns")
    line = "w\u00f6rter \u4e0a\u010a\u0a05 \U0001f600 token = "
    text = "first \u4e0a line\r\n" + line + token + "\r\n"
    for name in ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le",
                 "utf-32-be"):
        for mark in ("", "\ufeff"):
            if name == "utf-8-sig" and mark:
                continue
            write("text", (mark + text).encode(name))
            _, places = scan("text")
            place, = places
            assert [place[x] for x in (
                "start_line", "start_column", "end_line", "end_column")] \
                == [2, len(line) + 1, 2, len(line) + 41], (name, mark, place)
            with open("text", "rb") as file:
                file.seek(place["offset"])
                part = file.read(place["length"])
            assert part.decode(name.replace("-sig", "")) == token, name
    out = run("scan", "-f", "sarif", "text", expect=FOUND).stdout
    sarif = json.loads(out)["runs"][0]
    region = sarif["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert sarif["columnKind"] == "unicodeCodePoints"
    assert region["startColumn"] == len(line) + 1, region


def wide_windows():
    """Beyond a window, too, lines and columns are those of the text."""
    token = sample.token("wide windows")
    mega = ("\u4e0a word" * 37 + "\n") * (2 ** 20 // 446)
    size = 0
    with open("wide", "wb") as file:
        file.write(b"\xff\xfe")
        while size < 66 * 2 ** 20:
            size += file.write(mega.encode("utf-16-le"))
        lines = size // len(mega.encode("utf-16-le")) * mega.count("\n")
        file.write(("\u4e0a = " + token + "\n").encode("utf-16-le"))
    _, places = scan("wide")
    assert [(p["start_line"], p["start_column"]) for p in places] \
        == [(lines + 1, 5)], places
    os.remove("wide")


def nul_bytes():
    token = sample.token("nul")
    write("binary", b"\0\1\2\0" * 99 + b" " + token.encode() + b"\0\0\xff")
    _, places = scan("binary")
    assert places[0]["offset"] == 397, places


def names_and_links():
    token = sample.token("name")
    write(folder("named") + "/" + token + ".txt", "x")
    done = run("scan", "named", expect=FOUND)
    assert token.encode() not in done.stdout, "a path gave the secret away"
    _, places = scan("named")
    assert places[0]["kind"] == "path-name" and places[0]["offset"] == 6
    os.symlink("https://user:" + token + "@host/", folder("linked") + "/l")
    _, places = scan("linked", "--rule=github-pat")
    assert places[0]["kind"] == "link-target", places


def odd_names():
    token = sample.token("odd")
    where = folder("odd").encode()
    names = (b"new\nline", b"bad\xff\xfe", b"esc\033]0;title\007", b"-o",
             "right\u202eleft".encode())
    for name in names:
        write(where + b"/" + name, text_with(token).encode())
    report, places = scan("odd")
    assert len(report["findings"]) == 1 and len(places) == len(names)
    assert {"odd/new\nline", "odd/bad\ufffd\ufffd"} <= {
        p["path"] for p in places}
    for form in FORMATS:
        out = run("scan", "--format=" + form, "odd", expect=FOUND).stdout
        assert not any(byte < 32 and byte not in b"\n\r" for byte in out), form
        assert "\u202e".encode() not in out and token.encode() not in out
        out.decode()


def windows():
    """A file beyond the window of 64 MiB gives what its parts would give."""
    tokens = [sample.token("window%d" % i) for i in range(40)]
    line = b"just some words in a line of text\n"
    mega = line * (2 ** 20 // len(line)) + b" " * (2 ** 20 % len(line))
    want = []
    with open("large", "wb") as file:
        for i, token in enumerate(tokens):
            at = 64 * 2 ** 20 - 400 + 20 * i if i < 35 else (62 + i) * 2 ** 20
            want.append((at, token))
        want.sort()
        at = 0
        want = [(max(a, 50 * n), t) for n, (a, t) in enumerate(want)]
        for place, token in want:
            place = max(place, at)
            while at < place:
                at += file.write(mega[:place - at])
            at += file.write(b"\n" + token.encode() + b"\n")
    with open("large", "rb") as file:
        data = file.read()
    _, places = scan("large")
    got = sorted((p["offset"], p["start_line"]) for p in places)
    assert got == sorted(
        (data.index(t.encode()), data.count(b"\n", 0, data.index(t.encode())) + 1)
        for t in tokens), "windows and whole differ"
    os.remove("large")


def sparse():
    token = sample.token("sparse").encode()
    size = 4 * 2 ** 30 + 1
    with open("sparse", "wb") as file:
        file.seek(size - 42)
        file.write(b"\n" + token + b"\n")
    assert os.path.getsize("sparse") == size
    _, places = scan("sparse")
    assert [(p["offset"], p["start_line"]) for p in places] == [(size - 41, 2)]
    os.remove("sparse")


def many_findings():
    count = 100000
    with open("many", "w") as file:
        for i in range(count):
            file.write(sample.token(str(i)) + "\n")
    out = run("scan", "--format=jsonl", "many", expect=FOUND).stdout
    lines = out.splitlines()
    assert len(lines) == count + 1
    assert sorted(json.loads(x)["locations"][0]["start_line"]
                  for x in lines[:-1]) == list(range(1, count + 1))
    os.remove("many")


def without_times(text):
    report = json.loads(text)
    for name in ("started", "finished"):
        del report["scan"][name]
    return report


def same_bytes():
    for i in range(300):
        where = "same/%d" % (i % 7)
        os.makedirs(where, exist_ok=True)
        write("%s/%d" % (where, i), text_with(sample.token(str(i % 5))) * 3)
    outs = [run("scan", "--format=json", "--jobs=%d" % jobs, "same",
                expect=FOUND).stdout for jobs in (1, 2, 4, 4)]
    texts = [run("scan", "--jobs=%d" % jobs, "same", expect=FOUND).stdout
             for jobs in (1, 4)]
    assert all(without_times(out) == without_times(outs[0]) for out in outs)
    assert texts[0] == texts[1]


def conversion():
    write("leak", text_with(sample.token("leak")))
    for form in ("json", "jsonl"):
        run("scan", "--format", form, "--output=r", "leak", expect=FOUND)
        for to in FORMATS:
            assert run("report", "--format", to, "r", expect=FOUND).stdout, to
        with open("r", "rb") as file:
            again = run("report", "--format", form, "-", stdin=file,
                        expect=FOUND).stdout
        with open("r", "rb") as file:
            assert again == file.read()
    write("clean", "x")
    run("scan", "--format=json", "--output=r", "clean", expect=CLEAN)
    run("report", "r", expect=CLEAN)
    done = run("report", "leak", expect=ERROR)
    assert b"leak: not JSON" in done.stderr
    run("report", "no-such-file", expect=ERROR)
    write("part", '{"schema": "keysweep.report/1"}')
    done = run("report", "part", expect=ERROR)
    assert b"part: " in done.stderr, done


def baseline():
    write("leak", text_with(sample.token("leak")))
    run("scan", "--format=json", "--output=old.json", "leak", expect=FOUND)
    write("leak", "moved\n" * 9 + text_with(sample.token("leak")))
    report, _ = scan("--baseline=old.json", "leak", expect=CLEAN)
    assert report["scan"]["suppressed"] == 1
    # A new secret on the old one's line is not hidden.
    write("leak", text_with(sample.token("new")))
    scan("--baseline=old.json", "leak")
    run("scan", "--baseline=leak", "leak", expect=ERROR)
    run("scan", "--baseline=none", "leak", expect=ERROR)


CASES = (exit_codes, unreadable, special_files, columns, wide_windows,
         nul_bytes, names_and_links, odd_names, windows, sparse, many_findings,
         same_bytes, conversion, baseline)


def main():
    top = os.getcwd()
    failed = 0
    only = sys.argv[3:]
    for case in CASES:
        if only and case.__name__ not in only:
            continue
        os.chdir(top)
        os.chdir(folder("case-" + case.__name__))
        try:
            case()
            print("ok", case.__name__)
        except (AssertionError, OSError, ValueError, KeyError, IndexError,
                subprocess.TimeoutExpired) as problem:
            failed += 1
            print("FAILED", case.__name__, repr(problem)[:2000])
    sys.exit(failed > 0)


main()
