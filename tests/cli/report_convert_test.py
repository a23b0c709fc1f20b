# SPDX-License-Identifier: Apache-2.0
"""A report made of a JSON report is the one that the scan would have written.

report_convert_test.py PROGRAM SOURCE-DIR
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
FORMATS = ("text", "json", "jsonl", "sarif", "gitlab", "gitleaks", "junit",
           "csv")
ENV = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "NO_COLOR": "1",
       "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ann",
       "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann",
       "GIT_COMMITTER_EMAIL": "ann@example.org"}


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def write_samples(folder):
    """Rules with and without proof, the model's, one that is expired, one in a
    file's name, one in two files."""
    key = "AK" "IA" + "Z7QX4NM2RK6TBW5D"
    secret = "wJq8Ks0xT3mVb6Nc9ZrL2Yp5Hf1Dg4Ua7Ee+QiO/"
    token = b".".join((encoded({"alg": "HS256", "typ": "JWT"}),
                       encoded({"sub": "1", "exp": 1500000000}),
                       encoded("0123456789abcdef0123456")))
    name = "tok_" + "9fQ2xL7vR4"
    with open(os.path.join(folder, "a.env"), "w", encoding="ascii") as file:
        file.write(f"aws_access_key_id={key}\n"
                   f"aws_secret_access_key={secret}\n"
                   "db_password=Tr0ub4dor-Zebra!91\n")
    with open(os.path.join(folder, "b.txt"), "wb") as file:
        file.write(b"token: " + token + b"\npassword = \"" + name.encode() +
                   b"\"\n")
    with open(os.path.join(folder, name + ".md"), "w",
              encoding="ascii") as file:
        file.write("db_password=Tr0ub4dor-Zebra!91\n"
                   "see\ndb_password=Tr0ub4dor-Zebra!91\n")


def run(arguments, folder):
    made = subprocess.run([PROGRAM, *arguments], cwd=folder, env=ENV,
                          capture_output=True, check=False)
    assert made.returncode == 1, (arguments, made.returncode, made.stderr)
    return made.stdout


def without_summary(text):
    return text.split(b"\nScanned ")[0].rstrip(b"\n")


def check(command, folder):
    source = run([*command, "-f", "json"], folder)
    report = os.path.abspath("report.json")
    with open(report, "wb") as file:
        file.write(source)
    for name in FORMATS:
        direct = run([*command, "-f", name], folder)
        made = run(["report", "-f", name, report], folder)
        if name == "text":
            direct, made = without_summary(direct), without_summary(made)
        assert direct == made, (command, name)
    return json.loads(source)["findings"]


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], check=True, env=ENV,
                   stdout=subprocess.DEVNULL)


def main():
    with tempfile.TemporaryDirectory() as folder:
        git(folder, "init", "-q")
        write_samples(folder)
        findings = check(["scan", "--all-rules", "."], folder)
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "Add samples")
        check(["git", "--all-rules", "."], folder)
    assert any("rule_severity" in finding for finding in findings)
    assert {finding["precision"] for finding in findings} >= {
        "medium", "very-high"}


main()
