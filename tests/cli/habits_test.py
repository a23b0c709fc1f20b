# SPDX-License-Identifier: Apache-2.0
"""Command lines of other scanners, and mistyped ones: each is understood, or
answered with ours.

habits_test.py PROGRAM SOURCE-DIR
"""
import json

import sample
from support import CLEAN, ERROR, FOUND, run, run_cases, write

TOKEN = sample.token("habits")

HINTS = (
    # gitleaks
    ("detect", "keysweep git"), ("detect --source .", "keysweep scan"),
    ("dir .", "keysweep scan"), ("stdin", "scan -"),
    ("protect --staged", "git --staged"), ("-v detect", "behind the command"),
    ("git --report-format json", "--format"),
    ("git --report-path=x", "--output"), ("git -r x", "--output"),
    ("git --no-git", "keysweep scan"), ("git --log-opts=--all", "--range"),
    ("scan -s .", "the PATH"), ("scan --source=.", "the PATH"),
    ("scan --exit-code=0", "1 found"), ("scan --baseline-path x", "--baseline"),
    ("scan -b x", "--baseline"), ("scan --no-banner", "--quiet"),
    ("scan -l debug", "--verbose"), ("scan --enable-rule x", "--rule"),
    ("git --pre-commit --staged", "--staged"), ("scan --pipe", "scan -"),
    ("scan --gitleaks-ignore-path x", ".gitleaksignore"),
    ("scan --ignore-gitleaks-allow", "--no-allow-comments"),
    ("scan --max-decode-depth 5", "three levels"),
    # TruffleHog
    ("filesystem .", "keysweep scan"), ("github --org=x", "clone it"),
    ("docker --image x", "docker save"), ("s3 --bucket x", "keysweep scan"),
    ("git --since-commit abc", "--range COMMIT..HEAD"),
    ("git --only-verified", "--confidence=high"),
    ("git --results=verified", "--confidence=high"),
    ("scan --no-verification", "no network"), ("scan --json", "--format=json"),
    ("scan --fail", "1 found"), ("scan --concurrency=2", "--jobs"),
    ("scan --no-update", "never changes itself"),
    ("scan --exclude-paths x", ".keysweep.yml"), ("git --bare", "bare"),
    ("git --max-depth=3", "--range"), ("git https://a.test/b", "clone it"),
    # Kingfisher, detect-secrets, the pre-commit framework
    ("scan --git-history=full", "keysweep git"),
    ("scan --no-validate", "no network"),
    ("scan --baseline-file x", "--baseline"), ("baseline", "--baseline="),
    ("scan --all-files", "all files are read"),
    ("scan --exclude-files x", ".keysweep.yml"),
    ("scan --list-all-plugins", "rules list"),
    ("scan --disable-plugin x", "--disable-rule"),
    ("install", "hook install"), ("pre-commit", "hook pre-commit"),
    # of another command, or mistyped
    ("scan --staged", "keysweep git has it"), ("scan --range a", "keysweep git"),
    ("git --gitignore", "keysweep scan has it"),
    ("scna", "did you mean scan"), ("repotr", "mean report"),
    ("scan --quite", "did you mean --quiet"), ("help scna", "mean scan"),
    ("scan --redact 20 leak", "--redact=20"),
)


def hints():
    write("leak", TOKEN)
    for line, hint in HINTS:
        done = run(*line.split(), expect=ERROR)
        assert hint.encode() in done.stderr, (line, done)
        assert not done.stdout and done.stderr.count(b"\n") == 1, done


def understood():
    write("leak", "token = " + TOKEN + "\n")
    write("config.yml", "confidence: low\n")
    for line in ("scan -v --redact leak", "scan --verbose --no-color leak",
                 "scan --config config.yml leak", "scan -c config.yml leak",
                 "scan leak --format json", "scan -fjson -j2 leak",
                 "scan -- leak", "scan --redact=100 leak"):
        done = run(*line.split(), expect=FOUND)
        assert TOKEN.encode() not in done.stdout + done.stderr, line
    run("help", "scan", expect=CLEAN)


def redact():
    write("leak", TOKEN)
    shown = {}
    for option in ("--redact", "--redact=0", "--redact=25", "--redact=100",
                   "--show-secrets"):
        done = run("scan", "-f", "json", option, "leak", expect=FOUND)
        shown[option] = json.loads(done.stdout)["findings"][0]["secret"]
    assert shown["--redact"] == shown["--redact=100"] == "[redacted:40]"
    assert shown["--redact=0"] == shown["--show-secrets"] == TOKEN
    kept = shown["--redact=25"]
    assert TOKEN.startswith(kept[:20]) and TOKEN not in kept, kept
    for value in ("101", "-1", "x", "1x", "1.5"):
        done = run("scan", "--redact=" + value, "leak", expect=ERROR)
        assert b"0 to 100" in done.stderr, done
    run("scan", "--redact=20", "--show-secrets", "leak", expect=ERROR)
    write("20/leak", TOKEN)
    run("scan", "--redact", "./20", expect=FOUND)


def no_secret_in_errors():
    """What follows an option or a host may be a password."""
    for args in (["git", "https://user:" + TOKEN + "@a.test/b"],
                 ["scan", "https://user:" + TOKEN + "@a.test/b"],
                 ["scan", "--github-token=" + TOKEN],
                 ["git", "--report-path=" + TOKEN]):
        done = run(*args, expect=ERROR)
        assert TOKEN.encode() not in done.stderr, done


run_cases(hints, understood, redact, no_secret_in_errors)
