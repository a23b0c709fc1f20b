# SPDX-License-Identifier: Apache-2.0
"""A configuration that says what cannot be meant is refused, with its place.

config_test.py PROGRAM SOURCE-DIR
"""
import os

import sample
from support import CLEAN, ERROR, FOUND, git, report, run, run_cases, write

TOKEN = sample.token("config")

BROKEN = (
    "[]", "rules: 1", "a: b: c", "\t- x", "\0", "\"unclosed", "a: &x [*x]",
    "confidence: 3", "confidence: low\nconfidence: low",
    "confidence: low\n---\nconfidence: high", "rules: {disable: [nope]}",
    "rules: {files: [nope.yml]}", "rules: {severity: {nope: low}}",
    "rules: {severity: {github-pat: huge}}", "allow: {}", "allow: [{}]",
    "allow: [{path: x, regex: y}]", "allow: [{path: '('}]",
    "allow: [{regex: '[a-'}]", "allow: [{stopword: ''}]",
    "allow: [{path: ''}]", "allow: [{path: a, reason: [x]}]",
    "allow: [{commit: zz}]", "allow: [{commit: abc123}]",
    "allow: [{commit: '" + "0" * 65 + "'}]", "allow: [{fingerprint: xyz}]",
    "allow: [{fingerprint: '" + "0" * 31 + "'}]",
    "allow: [{path: x, expires: tomorrow}]",
    "allow: [{path: x, expires: 2999-02-30}]",
    "allow: [{path: x, expires: 2999-13-01}]",
    "allow: [{path: x, expires: 2999-01-01T00:00:00}]",
    "a" * 100000, "[" * 5000, "- " * 5000 + "x",
)


def broken():
    write("leak", TOKEN)
    for text in BROKEN:
        write("c.yml", text)
        done = run("scan", "-c", "c.yml", "leak", expect=ERROR)
        assert b"c.yml" in done.stderr or b"nope" in done.stderr, (text, done)
        assert not done.stdout, (text, done)
        assert len(done.stderr) < 1000, (text[:9], done)


def sound():
    write("leak", TOKEN)
    identity = report("scan", "leak", expect=FOUND)["findings"][0]["id"]
    for text, code in (
            ("", FOUND), ("{}", FOUND), ("confidence: low # ok", FOUND),
            ("\ufeffconfidence: low", FOUND), ("confidence: low\r\n", FOUND),
            ("allow: [{fingerprint: " + identity + "}]", CLEAN),
            ("allow: [{fingerprint: 'leak:github-pat:1'}]", CLEAN),
            ("allow: [{path: leak, expires: 2996-02-29}]", CLEAN),
            ("allow: [{path: leak, expires: 2026-01-01}]", FOUND),
            ("allow: [{commit: abc1234}]", FOUND)):
        write("c.yml", text)
        run("scan", "-c", "c.yml", "leak", expect=code)


RULE = """provider: acme
rules:
  - id: acme-note
    name: Acme note
    severity: high
    description: A note of Acme
    pattern: 'acmenote_[a-z]{20}'
    keywords: [acmenote_]
    allow: {paths: ['^docs/', 'sample']}
    remediation: [Make a new one]
    references: ['https://example.org']
    examples: ['acmenote_qwertyuiopasdfghjklz', 'acmenote_zxcvbnmqwertyuiopas',
      'acmenote_plokijuhygtfrdeswaqz']
    counterexamples: ['acmenote_1', 'acmenote', 'acmenote_QWERTY']
"""


def paths_that_a_rule_allows():
    """In history too, where a secret stands at several paths."""
    write("rule.yml", RULE)
    for name in ("docs/a", "src/sample.c", "src/docs/b"):
        write(name, "acme" "note_qazwsxedcrfvtgbyhnuj\n")
    rules = ("--rules", "rule.yml", "--rule", "acme-note")
    run("scan", *rules, "docs", expect=CLEAN)
    git("init", "-q", ".")
    git("add", "docs", "src")
    git("commit", "-qm", "Add notes")
    for command in (("scan", "docs", "src"), ("git", ".")):
        found = report(*command, *rules, expect=FOUND)["findings"]
        places = [place["path"] for place in found[0]["locations"]]
        assert (len(found), places) == (1, ["src/docs/b"]), (command, found)
    run("scan", *rules, "-", expect=FOUND,
        input=b"acme" b"note_qazwsxedcrfvtgbyhnuj")


def a_built_in_rule_is_replaced():
    write("rule.yml", RULE.replace("acme-note", "github-pat"))
    write("note", "acme" "note_qazwsxedcrfvtgbyhnuj\n" + TOKEN)
    done = run("scan", "--rules", "rule.yml", "note", expect=ERROR)
    assert b"rule.yml" in done.stderr and b"disable" in done.stderr, done
    write("c.yml", "rules: {disable: [github-pat], files: [rule.yml]}\n")
    for choice in (("--rules", "rule.yml", "--disable-rule", "github-pat"),
                   ("-c", "c.yml")):
        found = report("scan", *choice, "note", expect=FOUND)["findings"]
        assert [f["name"] for f in found] == ["Acme note"], (choice, found)
        told = run("explain", *[c for c in choice if "disable" not in c and
                                c != "github-pat"], "github-pat",
                   expect=CLEAN if choice[0] == "-c" else ERROR)
        assert choice[0] != "-c" or b"Acme note" in told.stdout, told
    run("scan", "--rules", "rule.yml", "--disable-rule", "nosuch", "note",
        expect=ERROR)


def what_cannot_be_meant_of_rules():
    write("note", TOKEN)
    done = run("scan", "--rule", "github-pat", "--disable-rule", "github-pat",
               "note", expect=ERROR)
    assert b"chosen by --rule and disabled" in done.stderr, done
    os.mkdir("empty")
    for verb in ("lint", "test"):
        done = run("rules", verb, "empty", expect=ERROR)
        assert b"empty holds no rules" in done.stderr, done
    write("rule.yml", RULE)
    told = run("explain", "--rules", "rule.yml", "acme-note", expect=CLEAN)
    assert b"A note of Acme" in told.stdout, told


def rules_that_are_not_there():
    """They allow nothing: so that is told, and nothing is hidden."""
    write("leak", TOKEN)
    write("c.yml", "allow:\n- path: leak\n  rules: [github-pta]\n")
    done = run("scan", "-c", "c.yml", "leak", expect=FOUND)
    assert b"c.yml:2:3: there is no rule 'github-pta'" in done.stderr, done
    write("c.yml", "rules: {disable: [npm-access-token]}\n"
                   "allow: [{path: leak, rules: [npm-access-token]}]\n")
    done = run("scan", "-c", "c.yml", "leak", expect=FOUND)
    assert not done.stderr, done


def one_byte():
    write("file", "x")
    done = run("scan", "file", expect=CLEAN)
    assert b"Scanned 1 file, 1 byte.\n" in done.stdout, done


run_cases(broken, sound, paths_that_a_rule_allows,
          a_built_in_rule_is_replaced, what_cannot_be_meant_of_rules,
          rules_that_are_not_there, one_byte)
