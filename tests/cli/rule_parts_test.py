# SPDX-License-Identifier: Apache-2.0
"""Secrets of several parts make one finding, in files, in the index, and in
history where a commit changed one part only; and what a proof tells is said.

rule_parts_test.py PROGRAM SOURCE-DIR
"""
import base64
import hashlib
import hmac
import json
import string

from support import CLEAN, FOUND, git, report, run, run_cases, write

BASE32 = string.ascii_uppercase + "234567"
LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def made(seed, alphabet, length):
    """A value that looks random, the same each time."""
    out, block = "", seed.encode()
    while len(out) < length:
        block = hashlib.sha256(block).digest()
        out += "".join(alphabet[b % len(alphabet)] for b in block)
    return out[:length]


AWS_ID = "AK" + "IA" + made("id", BASE32, 16)
OKX_ID = "-".join(made("okx" + str(n), HEX, n) for n in (8, 4, 4, 4, 12))
OKX_SECRET = made("okx", HEX.upper(), 32)
PHRASE = "Blue7" + "Horse9run"


def parts_of(document, rule):
    """The secrets of the one finding of the rule, and of its parts."""
    finding, = [f for f in document["findings"] if f["rule"] == rule]
    return finding["secret"], {p["secret"] for p in finding.get("parts", [])}


def aws(secret):
    return "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n" % (
        AWS_ID, secret)


def okx(secret=OKX_SECRET, word=PHRASE):
    return "OKX_API_KEY=%s\nOKX_SECRET_KEY=%s\nOKX_PASSPHRASE=%s\n" % (
        OKX_ID, secret, word)


def show(*args):
    return report(*args, "--show-secrets", expect=FOUND)


def in_files():
    secret = made("secret", LETTERS, 40)
    write("aws", aws(secret))
    write("okx", okx())
    document = show("scan", ".")
    assert len(document["findings"]) == 2, document["findings"]
    assert parts_of(document, "aws-access-token") == (AWS_ID, {secret})
    assert parts_of(document, "okx-secret-key") == (OKX_SECRET,
                                                    {OKX_ID, PHRASE})
    # Each line that a part stands on is named.
    lines = {f["rule"]: [p["start_line"] for p in f["locations"]]
             for f in document["findings"]}
    assert lines == {"aws-access-token": [2, 3], "okx-secret-key": [1, 2, 3]}
    # The order of the parts, and a blank between, change nothing.
    lines = okx().splitlines()
    write("okx", "\n\n".join(reversed(lines)) + "\n")
    again = show("scan", "okx")
    assert parts_of(again, "okx-secret-key") == (OKX_SECRET, {OKX_ID, PHRASE})
    # Too far apart they are findings of their own.
    write("okx", ("\n" * 30).join(lines) + "\n")
    assert len(show("scan", "okx")["findings"]) == 3
    assert AWS_ID.encode() not in run("scan", "aws", expect=FOUND).stdout


def one_part_changed():
    old, new = made("old", LETTERS, 40), made("new", LETTERS, 40)
    filler = "".join("# line %d of the settings\n" % n for n in range(300))
    git("init", "-q")
    for number, text in enumerate((aws(old), aws(new), "")):
        write("settings", filler + text + filler)
        git("add", "-A")
        if text:
            document = show("git", "--staged")
            secret, parts = parts_of(document, "aws-access-token")
            assert (secret, parts) == (AWS_ID, {(old, new)[number]})
        git("commit", "-qm", str(number))
    for packed in (False, True):
        if packed:
            git("repack", "-adfq")
        for engine in ("delta", "whole"):
            document = show("git", "--engine=" + engine)
            secret, parts = parts_of(document, "aws-access-token")
            assert (secret, parts) == (AWS_ID, {old, new}), (engine, parts)
            assert len(document["findings"]) == 1


def a_part_a_commit():
    filler = "".join("# line %d of the settings\n" % n for n in range(300))
    lines = okx().splitlines(keepends=True)
    git("init", "-q")
    for number in range(3):
        write("settings", filler + "".join(lines[:number + 1]) + filler)
        git("add", "-A")
        git("commit", "-qm", str(number))
    git("repack", "-adfq")
    for engine in ("delta", "whole"):
        document = show("git", "--engine=" + engine)
        assert parts_of(document, "okx-secret-key") == (
            OKX_SECRET, {OKX_ID, PHRASE}), engine


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def proofs():
    head = encoded({"alg": "HS256", "typ": "JWT"}) + "." + encoded(
        {"iss": "https://id.shop.example", "aud": "orders", "exp": 1500000000})
    key = hashlib.sha256(b"jwt").digest()
    write("jwt", "token: %s.%s\n" % (head, encoded(
        hmac.new(key, head.encode(), "sha256").digest())))
    write("aws", aws(made("secret", LETTERS, 40)))
    write("eth", "PRIVATE_KEY=0x" + made("eth", HEX, 64) + "\n")
    facts, words = {}, run("scan", ".", expect=FOUND).stdout.decode()
    for finding in report("scan", ".", expect=FOUND)["findings"]:
        facts[finding["rule"]] = {f["name"]: f["value"]
                                  for f in finding.get("facts", [])}
    for rule, names in (("jwt", ("algorithm", "issuer", "audience", "expires")),
                        ("aws-access-token", ("account",)),
                        ("ethereum-private-key", ("address",))):
        for name in names:
            assert name in facts.get(rule, {}), (rule, name, facts)
            assert facts[rule][name] in words, (rule, name)


def known_keys():
    """Keys of development networks and of documentation are nobody's."""
    write("aws", "aws_access_key_id = AKIAIOSF" + "ODNN7EXAMPLE\n"
          "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" +
          "bPxRfiCYEXAMPLEKEY\n")
    write("hardhat", "PRIVATE_KEY=0xac0974bec39a17e36ba4a6b4d238ff94" +
          "4bacb478cbed5efcae784d7bf4f2ff80\n")
    write("phrase", 'mnemonic: "' + "test " * 11 + 'junk"\n')
    run("scan", ".", expect=CLEAN)


run_cases(in_files, one_part_changed, a_part_a_commit, proofs, known_keys)
