# SPDX-License-Identifier: Apache-2.0
"""Rules, configuration, caches and interruptions that go wrong.

bad_input_test.py PROGRAM SOURCE-DIR
"""
import glob
import os
import resource
import shutil
import signal
import subprocess

import sample
from support import (CLEAN, ERROR, FOUND, INCOMPLETE, PROGRAM, places, report,
                     run, run_cases, skipped, write)

HEAD = """rules:
  - id: house
    provider: House
    name: House token
    description: A token of the house.
    severity: high
    severity_reason: It opens the door.
"""
RULE = HEAD + """    pattern: 'house[0-9]{6}'
    keywords: [house]
"""


def refused(text, *words, name="rules.yml"):
    """The rule file is refused, with its place and these words."""
    write(name, text)
    write("clean", "x\n")
    done = run("scan", "--rules=" + name, "clean", expect=ERROR)
    for word in (name, *words):
        assert word.encode() in done.stderr, (word, done.stderr)
    assert not done.stdout


def rule_files():
    write("rules.yml", RULE)
    write("leak", "a house123456 there\n")
    found, = places(report("scan", "--rules=rules.yml", "--rule=house", "leak",
                           expect=FOUND))
    assert found["start_column"] == 3
    refused(RULE + "    colour: red\n", "10:5", "colour")
    refused("rules: [\n", "rules.yml:")
    refused("\x00", "rules.yml")
    refused(RULE + RULE[len("rules:\n"):], "house")
    refused(HEAD + "    pattern: 'house(['\n    keywords: [house]\n", "8:")
    refused(HEAD + "    pattern: 'house.*'\n    keywords: [house]\n", "8:")
    refused(HEAD + "    pattern: 'house[0-9]{6}'\n", "keywords")
    done = run("scan", "--rules=none.yml", "leak", expect=ERROR)
    assert b"none.yml" in done.stderr
    done = run("scan", "--rule=no-such-rule", "leak", expect=ERROR)
    assert b"no-such-rule" in done.stderr
    done = run("scan", "--disable-rule=github-pad", "leak", expect=ERROR)
    assert b"github-pat" in done.stderr, "no hint"


def configuration():
    write("clean", "x\n")
    for text, word in (("colour: red\n", "c.yml:1:1"), ("allow: {}\n", "c.yml:"),
                       ("confidence: huge\n", "huge"), ("- a\n", "c.yml:1:1"),
                       ("rules:\n  disable: [no-such-rule]\n", "no-such-rule"),
                       ("a: b: c\n", "c.yml:1:")):
        write("c.yml", text)
        done = run("scan", "--config=c.yml", "clean", expect=ERROR)
        assert word.encode() in done.stderr, (text, done.stderr)
    done = run("scan", "--config=none.yml", "clean", expect=ERROR)
    assert b"none.yml" in done.stderr
    write("tree/.keysweep.yml", "colour: red\n")
    write("tree/clean", "x\n")
    done = run("scan", "tree", expect=CLEAN)
    assert b"not used" in done.stderr, "a stranger's configuration"
    run("scan", "--trust-repo-config", "tree", expect=ERROR)


def commands():
    for args, word in (((), "command"), (("frobnicate",), "frobnicate"),
                       (("scan", "--nope"), "--nope"),
                       (("scan", "--jobs=0", "."), "jobs"),
                       (("scan", "--jobs=x", "."), "jobs"),
                       (("scan", "--severity=x", "."), "severity"),
                       (("scan", "--confidence=x", "."), "confidence"),
                       (("scan", "--redact=101", "."), "redact"),
                       (("scan", "--output"), "output"),
                       (("explain", "no-such-rule"), "no-such-rule")):
        done = run(*args, expect=ERROR)
        assert word.encode() in done.stderr, (args, done)


def exploding_pattern():
    write("rules.yml", HEAD + """    pattern: 'house(?:a|aa|aaa){1,60}!'
    keywords: [house]
""")
    write("bomb", "house" + "a" * 59 + "?!\n")
    args = ("scan", "--rules=rules.yml", "--rule=house", "bomb")
    document = report(*args, expect=INCOMPLETE)
    assert skipped(document) == {"match-limit": 1}, skipped(document)
    example, = document["scan"]["coverage"]["skipped"][0]["examples"]
    assert "bomb" in example and "house" in example
    # The same place twice gives the same, and other findings stand.
    write("leak", "house" + "a" * 59 + "?!\nhouseaa!\n")
    document = report(*args[:-1], "leak", expect=FOUND)
    assert skipped(document) == {"match-limit": 1}
    done = run(*args, expect=INCOMPLETE)
    assert b"INCOMPLETE" in done.stdout and b"match-limit" in done.stdout


def rules_from(*args, **more):
    """Where compiled rules came from, and what was found."""
    done = run("scan", "-v", "--rules=rules.yml", "leak", expect=FOUND, **more)
    line, = [x for x in done.stderr.decode().splitlines() if "rules: " in x]
    return line.split(", ")[-1], done.stdout


def as_nobody():
    os.setgid(65534)
    os.setuid(65534)


def cache():
    write("rules.yml", RULE)
    write("leak", "token=" + sample.token("leak") + "\nhouse123456\n")
    folder = os.environ["XDG_CACHE_HOME"] + "/keysweep"
    shutil.rmtree(folder, ignore_errors=True)
    first, found = rules_from()
    assert first == "compiled" and b"house" in found
    assert rules_from() == ("cached", found)
    file, = glob.glob(folder + "/*.hsdb")
    for junk in (b"", b"junk", os.urandom(100000)):
        write(file, junk)
        assert rules_from() == ("compiled", found)
        assert rules_from() == ("cached", found)
    os.chmod(file, 0o666)
    assert rules_from() == ("compiled", found), "anybody could have written it"
    write("file", "not a folder")
    for nowhere in ("/proc/none", os.getcwd() + "/file", "relative", ""):
        env = {**os.environ, "XDG_CACHE_HOME": nowhere, "HOME": nowhere}
        assert rules_from(env=env) == ("compiled", found), nowhere
    if os.geteuid() != 0:
        return
    # Somebody else's cache is neither read nor written.
    os.chmod(folder, 0o755)
    before = sorted(os.listdir(folder))
    for above in (folder, os.getcwd()):
        while above != "/" and os.stat(above).st_mode & 0o77 == 0:
            os.chmod(above, 0o755)
            above = os.path.dirname(above)
    os.chown(file, 65533, 65533)
    assert rules_from() == ("compiled", found)
    assert sorted(os.listdir(folder)) == before


def interrupted():
    """SIGINT: ends with what was found so far, and says so."""
    token = sample.token("early")
    for form, word in (("text", b"INCOMPLETE"), ("json", b'"interrupted"')):
        with subprocess.Popen([PROGRAM, "scan", "--format=" + form, "-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            child.stdin.write(b"token=" + token.encode() + b"\n")
            block = b"words in a line\n" * 65536
            try:
                for number in range(400):
                    # A pipe holds far less than a block: it runs by now.
                    if number == 2:
                        child.send_signal(signal.SIGINT)
                    child.stdin.write(block)
            except BrokenPipeError:
                pass
            else:
                assert False, "read on to the end"
            out = child.stdout.read()
            child.stdout.close()
            try:
                child.stdin.close()
            except BrokenPipeError:
                pass
        assert child.returncode == FOUND, child.returncode
        assert word in out and b"github-pat" in out, out


def many_files():
    count, folder_size = 100000, 1000
    for start in range(0, count, folder_size):
        folder = "tree/%d" % start
        os.makedirs(folder)
        for i in range(start, start + folder_size):
            with open("%s/%d" % (folder, i), "w") as file:
                file.write("x" if i % 9999 else sample.token(str(i)))
    document = report("scan", "tree", expect=FOUND)
    assert document["scan"]["coverage"]["blobs"] == count
    assert document["scan"]["complete"]
    assert len(document["findings"]) == 1 + (count - 1) // 9999


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


def deep_and_wide():
    folder = "deep"
    for i in range(60):
        folder += "/a%d" % i
    write(folder + "/leak", sample.token("deep"))
    for i in range(200):
        write("deep/wide%d/f" % i, sample.token("wide"))
    document = report("scan", "deep", expect=FOUND, preexec_fn=few_descriptors)
    assert document["scan"]["complete"], skipped(document)
    assert len(places(document)) == 201


def one_long_line():
    """Findings on one line of megabytes, in bounded time."""
    count = 3000
    tokens = [sample.token(str(i)) for i in range(count)]
    write("line", " ".join(tokens))
    found = places(report("scan", "line", expect=FOUND))
    assert sorted(p["start_column"] for p in found) == [
        1 + 41 * i for i in range(count)]
    # Beyond a window, lines and columns go on.
    write("long", "first\n" + "x " * (36 << 20) + tokens[0] + " " + tokens[1])
    found = sorted((p["start_line"], p["start_column"])
                   for p in places(report("scan", "long", expect=FOUND)))
    assert found == [(2, (72 << 20) + 1), (2, (72 << 20) + 42)], found


run_cases(rule_files, configuration, commands, exploding_pattern, cache,
          interrupted, many_files, deep_and_wide, one_long_line)
