# SPDX-License-Identifier: Apache-2.0
"""A scan with a state reports what one without reports, byte for byte but for
how much was looked at; and the state gives no secret away.

git_state_report_test.py PROGRAM SOURCE-DIR
"""
import base64
import json
import os
import random
import subprocess

import sample
from support import (CLEAN, ERROR, FOUND, PROGRAM, git, run, run_cases, write)

AMOUNTS = ("blobs", "bytes", "scanned", "carried", "commits")


def normal(text, form):
    """A report without what may differ: times, and how much was read."""
    if form == "json":
        document = json.loads(text)
        for name in ("started", "finished"):
            document["scan"].pop(name)
        for name in AMOUNTS:
            document["scan"]["coverage"].pop(name, None)
        return json.dumps(document, indent=1)
    return text


def scan(form, *args):
    done = subprocess.run([PROGRAM, "git", "--format", form, *args, "repo"],
                          capture_output=True, check=False, timeout=120)
    assert done.returncode in (CLEAN, FOUND), (args, done)
    return done.returncode, normal(done.stdout.decode(), form), done.stderr


def blobs(*args):
    done = subprocess.run([PROGRAM, "git", "--format=json", *args, "repo"],
                          capture_output=True, check=False, timeout=120)
    return json.loads(done.stdout)["scan"]["coverage"]["blobs"]


def same(*args, forms=("json",)):
    for form in forms:
        whole = scan(form, *args)
        state = scan(form, "--state", "state", *args)
        assert whole == state, (form, args, whole[1], state[1])


def hidden(secrets):
    with open("state", "rb") as file:
        data = file.read()
    for secret in secrets:
        assert secret.encode() not in data, "a secret is in the state"
        assert secret[4:24].encode() not in data, "a part of it is"


def commit(name, text, message="a change"):
    write(os.path.join("repo", name), text)
    git("-C", "repo", "add", "-A")
    git("-C", "repo", "commit", "-qm", message)


def repository():
    """Findings of every make; returns the secrets."""
    git("init", "-q", "repo")
    secrets = [sample.token("s%d" % i) for i in range(8)]
    for i in range(9):
        commit("clean%d" % i, "nothing %d\n" % i)
    commit("a", "x\ntoken = '%s' and '%s'\n" % (secrets[0], secrets[1]))
    commit("b", "t: %s\n" % secrets[0], "put %s in the message" % secrets[2])
    commit("allowed", "t: %s # keysweep:allow a test\n" % secrets[3])
    commit("both", "t: %s\nt: %s # keysweep:allow\n" % (secrets[4], secrets[3]))
    code = base64.b64encode(("key=%s;" % secrets[5]).encode()).decode()
    commit("encoded", "data: %s\n" % code)
    pair = ("AK" + "IA2E0A8F3B4C5D6E7G",
            "kJ8x/Qm2vLz+Rt5Yw9Nb" + "Hc3Df6Gs1Pa4Te7Uo0Iq")
    commit("pair", "aws_access_key_id = %s\naws_secret_access_key = %s\n" % pair)
    secrets.append(pair[1])
    password = "pass" + "word"
    commit("config.py", "db_%s = 'gK7%sv2Qx'\n" % (password, "#pL9"))
    git("-C", "repo", "tag", "-am", "tag with " + secrets[6], "v1")
    git("-C", "repo", "rm", "-q", "a")
    commit("gone", "x\n")
    return secrets


def every_option():
    secrets = repository()
    same(forms=("json", "csv", "gitleaks"))
    assert '"parts": [\n' in scan("json")[1]
    hidden(secrets)
    assert blobs("--state", "state") < blobs() / 2
    for args in (["--show-secrets"], ["--redact=25"], ["--severity=critical"],
                 ["--engine=whole"], ["--jobs=7"]):
        same(*args)
    same(forms=("json", "csv", "gitleaks"))
    hidden(secrets)


def other_options_scan_again():
    repository()
    same()
    for args in (["--no-allow-comments"], ["--confidence=low"],
                 ["--confidence=high"], ["--disable-rule=github-pat"], []):
        whole = blobs(*args)
        assert blobs("--state", "state", *args) == whole, args
        same(*args)


def allow_lists():
    secrets = repository()
    same()
    for entry in ("regex: 'ZZ'\n    reason: none", "stopword: zzz\n"
                  "    reason: none", "path: '^both$'\n    reason: none",
                  "regex: '%s'\n    reason: one" % secrets[4][6:20]):
        write("config.yml", "allow:\n  - %s\n" % entry)
        same("--config=config.yml")


def random_histories():
    """Secrets come, move, go and come again, between scans with one state."""
    for seed in range(3):
        git("init", "-q", "repo")
        rng = random.Random(seed)
        names = ["f%d" % i for i in range(5)]
        commit("start", "x\n")
        for step in range(4):
            for _ in range(rng.randrange(1, 6)):
                lines = ["line %d\n" % rng.randrange(50) for _ in range(30)]
                for _ in range(rng.randrange(3)):
                    lines[rng.randrange(30)] = "t=%s%s\n" % (
                        sample.token("r%d" % rng.randrange(6)),
                        rng.choice(["", "", " # keysweep:allow"]))
                commit(rng.choice(names), "".join(lines),
                       rng.choice(["change", "x " + sample.token("m%d" % step)])
                       + " %d" % rng.randrange(1000))
            if rng.randrange(3) == 0:
                git("-C", "repo", "branch", "-f", "side")
            if rng.randrange(3) == 0:
                git("-C", "repo", "repack", "-adq")
            same()
            assert blobs("--state", "state") < blobs() or step == 0
        subprocess.run(["rm", "-rf", "repo", "state"], check=True)


def names_that_show_a_secret():
    """Who, how a path or a branch is called: shown masked, and kept by no
    state, whether the secret was there before or comes later."""
    secret = sample.token("name")
    people = ("%s <a@example.org>", "A <%s@example.org>")
    for order in ("secret first", "name first"):
        for kind in (*people, "path", "subject", "branch"):
            git("init", "-q", "repo")
            write("repo/x", "x\n")
            steps = [lambda: commit("leak", "t: %s\n" % secret),
                     lambda kind=kind: named(kind, secret)]
            commit("clean", "nothing\n")
            for step in steps if order == "secret first" else steps[::-1]:
                step()
                same(forms=("json", "csv", "gitleaks"))
                for form in ("json", "csv", "text"):
                    told = scan(form, "--state", "state")
                    assert secret not in told[1], (order, kind, form)
                    assert secret.encode() not in told[2], (order, kind)
                if os.path.exists("state"):
                    hidden([secret])
            subprocess.run(["rm", "-rf", "repo", "state"], check=True)


def named(kind, secret):
    write("repo/y", "y\n")
    git("-C", "repo", "add", "-A")
    if kind == "path":
        os.makedirs("repo/d-" + secret)
        commit("d-%s/leak" % secret, "t: %s\n" % secret)
    elif kind == "subject":
        commit("leak2", "t: %s\n" % secret, "drop " + secret)
    elif kind == "branch":
        git("-C", "repo", "checkout", "-qb", "b-" + secret)
        commit("leak2", "t: %s\n" % secret)
    else:
        write("repo/leak2", "t: %s\n" % secret)
        git("-C", "repo", "add", "-A")
        git("-C", "repo", "commit", "-qm", "a change", "--author",
            kind % secret)


def unwritable_state():
    repository()
    done = run("git", "--state=no/such/folder/state", "repo", expect=ERROR)
    assert b"no/such/folder" in done.stderr, done


os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull,
                  GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
                  GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org")
run_cases(every_option, other_options_scan_again, allow_lists,
          random_histories, names_that_show_a_secret, unwritable_state)
