# SPDX-License-Identifier: Apache-2.0
"""What a report tells beside a finding must not hold the secret again: not the
author, not the path that was asked for, not a plan.

leak_again_test.py PROGRAM SOURCE-DIR
"""
import os

import sample
from support import CLEAN, FOUND, git, run, run_cases, write

FORMATS = ("text", "json", "jsonl", "sarif", "gitlab", "gitleaks", "junit",
           "csv")
TOKEN = sample.token("again")

REVOCATION = """
channels:
  - name: github
    kind: github
routes:
  - rules: [github-pat]
    channel: github
"""


def hidden(done, *secrets):
    for secret in secrets or (TOKEN,):
        assert secret.encode() not in done.stdout + done.stderr, done


def commit_by(name, email, text):
    write("repo/file", text)
    git("-C", "repo", "add", ".")
    git("-C", "repo", "commit", "-qm", "a change",
        "--author=%s <%s>" % (name, email))


def authors():
    git("init", "-q", "repo")
    commit_by("An " + TOKEN, TOKEN + "@example.org", "token = " + TOKEN)
    for form in FORMATS:
        hidden(run("git", "--format", form, "repo", expect=FOUND))
    shown = run("git", "--format", "csv", "repo", expect=FOUND)
    assert b"An [redacted:40]" in shown.stdout, shown
    shown = run("git", "--show-secrets", "repo", expect=FOUND)
    assert ("An " + TOKEN).encode() in shown.stdout, shown


def words_stay():
    """A password that is a word does not tear up names."""
    git("init", "-q", "repo")
    commit_by("postgres", "postgres@example.org",
              "url = postgres://root:" + "postgres@db.example.org/x\n")
    done = run("git", "--confidence=low", "--format", "csv", "repo",
               expect=FOUND)
    assert b'"postgres","postgres@example.org"' in done.stdout, done


def asked_for():
    for name in ("dir-" + TOKEN, "plain"):
        write(os.path.join(name, "file"), "token = " + TOKEN)
    for form in FORMATS:
        hidden(run("scan", "--format", form, "dir-" + TOKEN, expect=FOUND))
        hidden(run("scan", "--format", form, "plain", "dir-" + TOKEN,
                   expect=FOUND))
    name = "repo-" + TOKEN
    git("init", "-q", name)
    write(os.path.join(name, "file"), "token = " + TOKEN)
    git("-C", name, "add", ".")
    git("-C", name, "commit", "-qm", "a change")
    for form in FORMATS:
        hidden(run("git", "--format", form, name, expect=FOUND))


def plans():
    """Nor do plans, on the terminal or in their file."""
    run("revoke", "new-key", "spool", "spool.key", expect=CLEAN)
    run("revoke", "new-key", "ed25519", "audit.key", expect=CLEAN)
    write("rv.yml", "spool: spool.db\nspool_key: spool.key\n"
          "audit_log: audit.jsonl\naudit_key: audit.key\n" + REVOCATION)
    write("dir-" + TOKEN + "/file", "token = " + TOKEN)
    done = run("revoke", "plan", "--offline", "--revocation", "rv.yml", "-o",
               "plan.json", "dir-" + TOKEN, expect=CLEAN)
    hidden(done)
    assert b"1 to revoke" in done.stdout, done
    with open("plan.json", encoding="utf-8") as file:
        plan = file.read()
    # What a report names and is gone is told, and why it stays.
    run("scan", "-f", "json", "-o", "report.json", "dir-" + TOKEN, expect=FOUND)
    write("empty/file", "nothing\n")
    done = run("revoke", "plan", "--offline", "--revocation", "rv.yml",
               "--report", "report.json", "empty", expect=CLEAN)
    assert b"0 to revoke, 1 not" in done.stdout, done
    assert b"not found again" in done.stdout, done
    assert TOKEN not in plan and "dir-[redacted:40]/file" in plan, plan


run_cases(authors, words_stay, asked_for, plans)
