#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Secrets without a shape, as the whole program finds them."""
import os

from sample import token
from support import CLEAN, FOUND, places, report, run, run_cases, write

# Turned round, so that no scanner reports this file.
CHOSEN = "9anniroc_tnalimsac"[::-1]
TOKEN = "Xw4mZ81qRtuB7sKc2Vn0Lp9d"[::-1]
HASH = "6054d72eb9a3f1c8"[::-1]
UUID = "1de7f89ce0b4-2c9a-47d4-b6f2-58c3a0e9"[::-1]


def lines_of(document):
    return {(p["path"], p["start_line"]) for p in places(document)}


def identifiers_are_off_by_default():
    write("job.json", '{\n  "id": "' + UUID + '",\n  "state": "done"\n}\n')
    report("scan", "job.json", expect=CLEAN)
    report("scan", "--confidence=high", "job.json", expect=CLEAN)
    all_rules = report("scan", "--all-rules", "job.json", expect=FOUND)
    assert lines_of(all_rules) == {("job.json", 2)}, all_rules


def what_names_a_place_is_off_by_default():
    write("notes.txt", "see https://acme-shop7.atlassian.net/browse/A-1\n")
    report("scan", "notes.txt", expect=CLEAN)
    report("scan", "--all-rules", "notes.txt", expect=CLEAN)
    for option in ("--confidence=low", "--tag=identifier",
                   "--rule=tenant-address"):
        named = report("scan", option, "notes.txt", expect=FOUND)
        assert lines_of(named) == {("notes.txt", 1)}, (option, named)


def a_build_log_holds_hashes():
    line = "1\t812\t17\tCMakeFiles/gitlab.dir/aws_token.o\t" + HASH + "\n"
    write(".ninja_log", "# ninja log v5\n" + line)
    report("scan", ".ninja_log", expect=CLEAN)


def a_strong_key_makes_an_identifier_a_secret():
    write("app.yml", "oauth:\n  client_secret: " + UUID + "\n")
    assert lines_of(report("scan", "app.yml", expect=FOUND)) == {("app.yml", 2)}


def secrets_in_other_formats_are_found():
    q = '\\"'
    samples = {
        "a.py": ("x = 1\n# password = '" + CHOSEN + "'\n", 2),
        "deploy.yaml": ("data:\n  app.json: |\n    {\"url\": \"mysql://ann:" +
                        CHOSEN + "@db/app\"}\n", 3),
        "fix.diff": ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n user: ann\n"
                     "+password: " + CHOSEN + "\n", 5),
        "n.ipynb": ('{"source": [\n"password = ' + q + CHOSEN + q +
                    '\\n"\n]}\n', 2),
        "app.log": ("10:00 INFO start\n10:01 INFO connect user=ann password=" +
                    CHOSEN + " host=db\n", 2),
        "users.sql": ("INSERT INTO users (id, name, password) VALUES\n"
                      "(1, 'ann', '" + CHOSEN + "');\n", 2),
        "accounts.csv": ("host,user,password\ndb,ann," + CHOSEN + "\n", 2),
        "pair.py": ("user, password = 'ann', '" + CHOSEN + "'\n", 1),
        "db.php": ("<?php\n$c = mysqli_connect('db', 'ann', '" + CHOSEN +
                   "', 'app');\n", 2),
    }
    for path, (text, _) in samples.items():
        write(path, text)
    found = lines_of(report("scan", ".", expect=FOUND))
    wanted = {(path, line) for path, (_, line) in samples.items()}
    assert wanted <= found, wanted - found


def both_lines_of_a_pair_are_told():
    write("aws", "aws_access_key_id = " + "DV2CXP4MWHL7ZT3QAIKA"[::-1] +
          "\naws_secret_access_key = " + "Zt7Q" * 4 + "x9Kd+b/W" * 3 + "\n")
    assert lines_of(report("scan", "aws", expect=FOUND)) == {
        ("aws", 1), ("aws", 2)}


def levels_nest():
    write("a.env", "DB_PASSWORD=" + CHOSEN + "\nAPI_TOKEN=" + TOKEN +
          "\nuser_key=ann42x\npass_phrase: garden\n")
    found = [lines_of(report("scan", "--confidence=" + level, "a.env",
                             expect=FOUND))
        for level in ("high", "medium", "low")]
    assert found[0] <= found[1] <= found[2], found
    assert ("a.env", 2) in found[0], found


def findings_say_why():
    write("tests/login.py", "# password = '" + CHOSEN + "'\n")
    write("ci.env", "T=" + token("why") + "\n")
    why = {finding["rule"]: finding["reasons"] for finding in
           report("scan", ".", expect=FOUND)["findings"]}
    for reason in ("the key says password", "the value is quoted",
                   "in a comment", "in a test folder"):
        assert reason in why["generic-password"], why
    assert why["github-pat"][0].startswith("its checksum is right"), why
    assert any("entropy" in reason for reason in why["github-pat"]), why
    shown = run("scan", "--explain", "tests", expect=FOUND).stdout
    assert b"because   the key says password" in shown, shown


def what_lies_above_tells_nothing():
    """A tree is the same in /x/tests/tree as elsewhere; its own folders count,
    however the PATH leads there."""
    write("tests/tree/conf/a.py", "db_password = '" + CHOSEN + "'\n")
    write("tests/tree/tests/a.py", "db_password = '" + CHOSEN + "'\n")
    write("other/x", "x\n")
    top = os.getcwd()

    def scores(folder, path):
        os.chdir(os.path.join(top, folder))
        document = report("scan", "--confidence=low", path, expect=FOUND)
        os.chdir(top)
        return document["findings"][0]["confidence"]

    plain = scores("tests/tree", "conf")
    for folder, path in (("tests/tree", "."), ("other", "../tests/tree"),
                         ("other", top + "/tests/tree"),
                         ("tests/tree", top + "/tests/tree/conf")):
        assert scores(folder, path) == plain, (folder, path)
    for folder, path in (("tests/tree", "tests"), (".", "tests/tree/conf"),
                         ("tests/tree", top + "/tests/tree/tests")):
        assert scores(folder, path) < plain, (folder, path)


run_cases(identifiers_are_off_by_default,
          what_names_a_place_is_off_by_default, a_build_log_holds_hashes,
          a_strong_key_makes_an_identifier_a_secret,
          secrets_in_other_formats_are_found, both_lines_of_a_pair_are_told,
          levels_nest, findings_say_why, what_lies_above_tells_nothing)
