# SPDX-License-Identifier: Apache-2.0
"""Every example of every rule, through files, standard input, the index and
history: each way finds what the others find, by the same rules.

rule_examples_test.py PROGRAM SOURCE-DIR
"""
import bisect
import os
import subprocess

from support import FOUND, PROGRAM, SOURCE, git, report, run_cases, write

# More than any rule looks beyond its keyword, and more lines than any asks for.
APART = b"\n" * 1200


def written(form):
    """What rulesc writes of the rules of this tree."""
    rulesc = os.path.join(os.path.dirname(PROGRAM), "../tools/rulesc/rulesc")
    subprocess.run([rulesc, form, SOURCE + "/rules/builtin", "out"],
                   check=True)
    with open("out", "rb") as file:
        text = file.read()
    os.remove("out")
    return text


def examples():
    parts = written("samples").split(b"\0")
    return list(zip((p.decode() for p in parts[0:-1:2]), parts[1::2]))


def name(number):
    return "%02d/%04d" % (number // 100, number)


def by_example(document, number_of):
    """What was found in each example: pairs of a rule and a length.

    Rules without a form of their own ask the path, and standard input has none.
    """
    found = {}
    for finding in document["findings"]:
        if finding["rule"].startswith("generic-"):
            continue
        for place in finding["locations"]:
            found.setdefault(number_of(place), set()).add(
                (finding["rule"], place["length"]))
    return found


def everything(*args, **more):
    return report(*args, "--no-trust-repo-config", "--confidence=low",
                  "--no-allow-comments", expect=FOUND, timeout=300, **more)


def number_in_path(place):
    return int(place["path"].split("/")[-1])


def same_from_everywhere():
    samples = examples()
    assert len(samples) > 6000
    os.mkdir("tree")
    os.chdir("tree")
    for number, (_, text) in enumerate(samples):
        # The number makes every blob one of its own.
        write(name(number), text + APART + str(number).encode() + b"\n")
    files = by_example(everything("scan", "."), number_in_path)
    git("init", "-q")
    git("add", ".")
    staged = by_example(everything("git", "--staged"), number_in_path)
    git("commit", "-qm", "All")
    git("rm", "-rq", ".")
    git("commit", "-qm", "None", "--allow-empty")
    history = by_example(everything("git"), number_in_path)
    starts, line, stream = [], 1, []
    for _, text in samples:
        starts.append(line)
        stream.append(text + APART)
        line += stream[-1].count(b"\n")
    piped = by_example(
        everything("scan", "-", input=b"".join(stream)),
        lambda place: bisect.bisect(starts, place["start_line"]) - 1)
    for way, found in (("staged", staged), ("history", history),
                       ("standard input", piped)):
        for number, (rule, text) in enumerate(samples):
            assert found.get(number) == files.get(number), (
                way, rule, text, found.get(number), files.get(number))
    for number, (rule, text) in enumerate(samples):
        if rule.startswith("generic-"):
            continue
        assert files.get(number), (rule, text)


def list_is_up_to_date():
    with open(SOURCE + "/docs/rule-list.md", "rb") as file:
        assert written("markdown") == file.read(), (
            "docs/rule-list.md: build the target rule_list")


run_cases(same_from_everywhere, list_is_up_to_date)
