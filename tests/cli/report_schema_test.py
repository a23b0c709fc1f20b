# SPDX-License-Identifier: Apache-2.0
"""Reports against the schemas that others read them by.

report_schema_test.py PROGRAM SOURCE-DIR

The golden reports stand for every format; what the program writes about a
small tree is checked as well. SARIF's official schema comes from an npm
package, once, into SOURCE-DIR/build/sarif; without npm that half is left out,
loudly, and is an error where CI is set.
"""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import xml.dom.minidom

import jsonschema

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.join(SOURCE, "tests/cli"))
import sample  # noqa: E402

GOLDEN = os.path.join(SOURCE, "tests/fixtures/report")
SARIF_PACKAGE = "@microsoft/sarif-multitool-linux"


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def report_validator():
    schema = json.loads(read(os.path.join(SOURCE,
                                          "docs/schema/report-1.schema.json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def sarif_validator():
    folder = os.path.join(SOURCE, "build/sarif")
    path = os.path.join(folder, "node_modules", SARIF_PACKAGE,
                        "sarif-2.1.0.json")
    if not os.path.exists(path) and shutil.which("npm"):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", folder, "--no-save",
                        "--ignore-scripts", "--no-audit", "--no-fund",
                        SARIF_PACKAGE], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if os.path.exists(path):
        schema = json.loads(read(path))
        return jsonschema.validators.validator_for(schema)(schema)
    if os.environ.get("CI"):
        sys.exit("no SARIF schema: npm could not give " + SARIF_PACKAGE)
    print("NOT CHECKED: SARIF against its schema, for want of npm")
    return None


def check(texts, validators, name):
    document = json.loads(texts["json"])
    validators["report"].validate(document)
    lines = [json.loads(line) for line in texts["jsonl"].splitlines()]
    scan = lines.pop()
    scan["findings"] = lines
    assert scan == document, name + ": jsonl and json differ"
    if validators["sarif"]:
        validators["sarif"].validate(json.loads(texts["sarif"]))
    places = sum(len(f["locations"]) for f in document["findings"])
    assert len(json.loads(texts["gitleaks"])) == places
    assert len(json.loads(texts["gitlab"])["vulnerabilities"]) == places
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    assert len(rows) == places + 1 and len({len(r) for r in rows}) == 1
    suite = xml.dom.minidom.parseString(texts["junit"].encode())
    failures = suite.getElementsByTagName("failure")
    assert len(failures) == len(document["findings"])


def golden(name):
    texts = {}
    for file in os.listdir(GOLDEN):
        part = file.split(".")
        if part[0] == name:
            texts[part[1]] = read(os.path.join(GOLDEN, file))
    return texts


def written():
    """What the program says of one tree, in every format of the goldens."""
    os.makedirs("tree/d")
    for i in range(9):
        with open("tree/d/%d \udcff" % i, "w", encoding="utf-8") as file:
            file.write("token = %s\n" % sample.token(str(i % 4)))
    with open("tree/cut.gz", "wb") as file:
        file.write(b"\x1f\x8b\x08\0cut")
    texts = {}
    for form in golden("full"):
        done = subprocess.run([PROGRAM, "scan", "--format", form, "tree"],
                              check=False, capture_output=True)
        assert done.returncode == 1, done
        texts[form] = done.stdout.decode()
    return texts


def without_times(texts):
    """The formats were written one after the other, perhaps seconds apart."""
    document = json.loads(texts["json"])
    lines = texts["jsonl"].splitlines()
    last = json.loads(lines[-1])
    for name in ("started", "finished"):
        last["scan"][name] = document["scan"][name]
    texts["jsonl"] = "\n".join(lines[:-1] + [json.dumps(last)])
    return texts


def schema_refuses(validator, document):
    try:
        validator.validate(document)
    except jsonschema.ValidationError:
        return
    sys.exit("the schema accepts what it must not")


def main():
    validators = {"report": report_validator(), "sarif": sarif_validator()}
    for name in ("full", "empty"):
        check(golden(name), validators, name)
    texts = without_times(written())
    check(texts, validators, "written")
    assert len(json.loads(texts["json"])["findings"]) == 4
    document = json.loads(golden("full")["json"])
    document["findings"][0]["plain"] = "x"
    schema_refuses(validators["report"], document)


main()
