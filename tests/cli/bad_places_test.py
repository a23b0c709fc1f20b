# SPDX-License-Identifier: Apache-2.0
"""A token wherever it is hard to find: at ends and seams, in lines of a
megabyte, in other encodings, in quotes, glued, twice, and beside bombs.

bad_places_test.py PROGRAM SOURCE-DIR
"""
import base64
import gzip
import os
import time

import sample
from support import CLEAN, FOUND, git, places, report, run, run_cases, write

TOKEN = sample.token("places")


def found(name="leak"):
    """Where the token was found: offset and line of each place."""
    document = report("scan", name, "--show-secrets", expect=FOUND)
    finding, = [f for f in document["findings"] if f["secret"] == TOKEN]
    return [(p["offset"], p["start_line"]) for p in finding["locations"]]


def ends():
    for before, after in (("", ""), ("", "\n"), ("\n", ""), ("a\r\nb ", "\r\n"),
                          ("\r", "\r"), ("x=", "")):
        write("leak", before + TOKEN + after)
        assert [o for o, _ in found()] == [len(before)], (before, after)


def windows_and_long_lines():
    mega = 1024 * 1024
    line = "function a(b){return b+1};" * (mega // 26)
    for at in (mega // 2, mega - 20, mega - 1, 2 * mega - 20, 2 * mega + 3):
        text = (line * 3)[:at] + ';k="' + TOKEN + '";'
        write("leak", text + (line * 3)[at:])
        assert found() == [(at + 4, 1)], at


def encodings():
    text = "# Schlüssel\r\nkey = \"" + TOKEN + "\"\r\n"
    for codec, mark in (("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"),
                        ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
                        ("utf-32-le", b"\xff\xfe\0\0"), ("latin-1", b"")):
        write("leak", mark + text.encode(codec))
        places_ = found()
        assert len(places_) == 1 and places_[0][1] == 2, (codec, places_)


def quotes_and_glue():
    for form in ("'%s'", '"%s"', "`%s`", '\\"%s\\"', "“%s”", "«%s»", "<a>%s</a>",
                 "(%s)", "[%s]", "{%s}", "|%s|", ":%s:", "=%s&b=1", ",%s,",
                 "%%22%s%%22", "&quot;%s&quot;", "\\n- %s\\n", "\t%s\t", "/%s/",
                 "https://x:%s@example.org/", "日本%s語"):
        write("leak", form % TOKEN + "\n")
        assert len(found()) == 1, form
    # Within a longer run it is no token.
    write("leak", "x" + TOKEN + "\n" + TOKEN + "9\n")
    run("scan", "leak", expect=CLEAN)


def twice_and_overlapping():
    other = sample.token("other")
    write("leak", "a=%s b=%s\n" % (TOKEN, TOKEN))
    assert found() == [(2, 1), (2 + len(TOKEN) + 3, 1)]
    write("leak", "%s:%s@%s\n" % (TOKEN, other, TOKEN))
    assert len(found()) == 2
    document = report("scan", "leak", expect=FOUND)
    assert {f["rule"] for f in document["findings"]} == {"github-pat"}
    # One secret under one rule, however many know it.
    write("leak", "github_token = api_key = '%s'\n" % TOKEN)
    assert len(places(report("scan", "leak", expect=FOUND))) == 1


def bombs():
    nested = TOKEN.encode()
    for _ in range(40):
        nested = base64.b64encode(nested)
        if len(nested) > 200000:
            break
    zeros = base64.b64encode(gzip.compress(bytes(64 * 1024 * 1024)))
    start = time.process_time()
    for bomb in (nested, zeros, zeros * 20, b"YQ==" * 250000,
                 b"\\u0041" * 150000, b"%41" * 300000, b"&#65;" * 200000,
                 b"=41" * 300000, b'"a"+' * 250000):
        write("leak", b"\n".join((bomb, TOKEN.encode(), bomb)) + b"\n")
        assert len(found()) == 1, bomb[:20]
    assert time.process_time() - start < 60
    write("leak", base64.b64encode(b"token: " + TOKEN.encode()) + b"\n")
    assert len(found()) == 1


def one_character():
    for byte in (b"a", b"0", b"=", b"\0", b"\n", b"-", b"{", b'"', b"\xff"):
        write("leak", byte * (10 * 1024 * 1024) + b" " + TOKEN.encode() + b" " +
              byte * 1000)
        assert [o for o, _ in found()] == [10 * 1024 * 1024 + 1], byte


def in_history():
    """The same bytes, found in a pack by both engines."""
    line = "function a(b){return b+1};" * 20000
    git("init", "-q")
    for number in range(6):
        at = 100000 * number
        write("big.js", line[:at] + ';k="' + TOKEN + '";' + line[at:])
        write("utf16", b"\xff\xfe" + ("k=%s\r\n%d" % (TOKEN, number)).encode(
            "utf-16-le"))
        git("add", "-A")
        git("commit", "-qm", str(number))
    git("repack", "-adfq")
    seen = []
    for engine in ("delta", "whole"):
        document = report("git", "--engine=" + engine, expect=FOUND)
        seen.append(sorted((p["path"], p["offset"], p["start_line"])
                           for p in places(document)))
    assert seen[0] == seen[1] and len({p for p, _, _ in seen[0]}) == 2, seen
    os.remove("big.js")


run_cases(ends, windows_and_long_lines, encodings, quotes_and_glue,
          twice_and_overlapping, bombs, one_character, in_history)
