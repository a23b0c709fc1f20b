# SPDX-License-Identifier: Apache-2.0
"""Reads the labelled corpus, makes variants of it, and labels candidates."""
import bisect
import collections
import csv
import os
import random
import subprocess

import numpy as np

import humans

DUMP = os.environ.get("KS_DUMP", "dump")


def feature_names():
    return subprocess.run([DUMP, "--names"], capture_output=True, text=True, check=True).stdout.split()


def record_type(names):
    return np.dtype([(n, "u4") for n in ("file", "hit", "vf", "vt", "kf", "kt", "kw", "class")] + [("score", "i4"), ("x", "i2", (len(names),))])


def dump(paths, root, names):
    """Candidates of files; `file` is the index into `paths`."""
    r = subprocess.run([DUMP], input="".join(p + "\n" for p in paths).encode(), stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, cwd=root, check=True)
    return np.frombuffer(r.stdout, dtype=record_type(names))


class Text:
    """One file's bytes and the offsets of its lines."""

    def __init__(self, path):
        self.data = open(path, "rb").read()
        self.ends = np.flatnonzero(np.frombuffer(self.data, "u1") == 10).tolist()

    def line(self, offset):
        return bisect.bisect_left(self.ends, offset) + 1

    def start(self, line):
        return 0 if line == 1 else self.ends[line - 2] + 1

    def offset(self, line, column):
        """Byte offset of a column that counts code points."""
        start = self.start(line)
        end = self.ends[line - 1] if line <= len(self.ends) else len(self.data)
        head = self.data[start:end].decode("utf-8", "surrogateescape")[:column]
        return start + len(head.encode("utf-8", "surrogateescape"))


class Corpus:
    def __init__(self, root):
        self.root = root
        self.rows = collections.defaultdict(list)
        with open(os.path.join(root, "labels.tsv"), encoding="utf-8") as f:
            for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
                self.rows[r["file"]].append(r)
        self.paths = sorted(os.path.relpath(os.path.join(d, f), root)
                            for d, _, fs in os.walk(os.path.join(root, "data")) for f in fs)
        self.texts = {}

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = Text(os.path.join(self.root, path))
        return self.texts[path]

    def span(self, path, row):
        """Byte range of a row's value; None if the row does not say."""
        if not row["value_start"] or row["line_start"] != row["line_end"]:
            return None
        t, n = self.text(path), int(row["line_start"])
        a = t.offset(n, int(row["value_start"]))
        if row["value_end"]:
            b = t.offset(n, int(row["value_end"]))
        else:
            b = t.ends[n - 1] if n <= len(t.ends) else len(t.data)
        return (a, b) if b > a else None

    def label(self, path, vf, vt):
        """(label, weight) of a candidate: 1 real, 0 not; weight 0: unsure."""
        t = self.text(path)
        a, b = t.line(vf), t.line(max(vf, vt - 1))
        over = [r for r in self.rows.get(path, ()) if int(r["line_start"]) <= b and a <= int(r["line_end"])]
        if not over:
            return 0, -1.0
        real = [r for r in over if r["label"] == "T"]
        if not real:
            return 0, 1.0
        for r in real:
            s = self.span(path, r)
            if s is None or (s[0] < vt and vf < s[1]):
                return 1, 1.0
        for r in over:
            s = self.span(path, r)
            if r["label"] != "T" and s is not None and s[0] < vt and vf < s[1]:
                return 0, 1.0
        return 0, 0.0


def is_humanlike_row(row, value):
    return (row["label"] == "T" and ("Password" in row["category"] or "URL Credentials" in row["category"] or row["category"] in ("Secret", "Credential"))
            and 3 <= len(value) <= 40)


def variant(corpus, path, choose, seed):
    """
    A copy of the file with values replaced by choose(random, row, value).

    Returns (bytes, [(from, to)]) of the copy; None if nothing was replaced.
    """
    r = random.Random(f"{seed}:{path}")
    t = corpus.text(path)
    spots, names = {}, {}
    for row in corpus.rows.get(path, ()):
        s = corpus.span(path, row)
        if s is None or s[1] - s[0] > 200:
            continue
        old = t.data[s[0]:s[1]]
        new = names.get(old) or choose(r, row, old.decode("utf-8", "replace"))
        if new is not None:
            names[old] = new
            spots[s] = new
    out, at, made = [], 0, []
    size = 0
    for (a, b), new in sorted(spots.items()):
        if a < at:
            continue
        out.append(t.data[at:a])
        size += a - at
        n = new.encode()
        made.append((size, size + len(n)))
        out.append(n)
        size += len(n)
        at = b
    if not made:
        return None
    out.append(t.data[at:])
    return b"".join(out), made


def pick(styles):
    def choose(r, row, value):
        if not is_humanlike_row(row, value):
            return None
        for _ in range(20):
            new = humans.STYLES[r.choice(styles)](r)
            if not set(new) & set("\"'\\`<>\n") and not ("URL" in row["category"] and set(new) & set("@:/?#%")):
                return new
        return None
    return choose


def pick_placeholder(r, row, value):
    if row["label"] != "T" or "UUID" in row["category"]:
        return None
    new = r.choice(humans.PLACEHOLDERS)
    return None if "URL" in row["category"] and set(new) & set("@:/?#%<[{") else new


def pick_identifier(r, row, value):
    return humans.identifier(r) if row["label"] == "T" and is_humanlike_row(row, value) and "URL" not in row["category"] else None


def pick_plain(r, row, value):
    if row["label"] != "F" or row["category"] not in ("Key", "Auth", "API", "Token", "Nonce", "Credential"):
        return None
    if not 2 <= len(value) <= 40 or " " in value or r.random() < 0.4:
        return None
    return humans.plain_name(r)


def lines(corpus, work, names, choose, seed, share):
    """
    Labelled lines on their own, a file each: the model must not need the
    rest of the file. Real ones get values by `choose`; returns their labels.
    """
    r = random.Random(seed)
    paths, spots, groups, labels = [], [], [], []

    def add(path, text, spot, label):
        name = path if r.random() < 0.5 else "lines.txt"
        to = os.path.join(work, str(seed), str(len(paths)), name)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            f.write(text)
        paths.append(f"{len(paths)}/{name}")
        spots.append([spot])
        groups.append(path.split("/")[1])
        labels.append(label)

    for path in sorted(corpus.rows):
        if any(x["label"] == "T" for x in corpus.rows[path]):
            made = variant(corpus, path, choose, seed)
            for a, b in made[1] if made is not None else []:
                start = made[0].rfind(b"\n", 0, a) + 1
                end = made[0].find(b"\n", b)
                add(path, made[0][start:end if end >= 0 else len(made[0])] + b"\n", (a - start, b - start), 1)
        t = corpus.text(path)
        for row in corpus.rows[path]:
            if row["label"] == "T" or r.random() > share or row["line_start"] != row["line_end"]:
                continue
            n = int(row["line_start"])
            if any(x["label"] == "T" and int(x["line_start"]) <= n <= int(x["line_end"]) for x in corpus.rows[path]):
                continue
            start = t.start(n)
            end = t.ends[n - 1] if n <= len(t.ends) else len(t.data)
            add(path, t.data[start:end] + b"\n", (0, end - start), 0)
    d = dump(paths, os.path.join(work, str(seed)), names)
    keep = within(d, spots)
    return d[keep], np.array([labels[c["file"]] for c in d[keep]]), [groups[c["file"]] for c in d[keep]]


def within(d, spots):
    """Which candidates overlap the spots of their file."""
    keep = []
    for i, c in enumerate(d):
        near = spots[c["file"]]
        k = bisect.bisect_right(near, (int(c["vf"]), 1 << 40)) - 1
        if any(a < c["vt"] and c["vf"] < b for a, b in near[max(0, k):k + 2]):
            keep.append(i)
    return keep


def made_up(work, names, real, seed, copies):
    """Candidates of synthetic files; a template is a group."""
    import synthetic
    paths, spots, groups = [], [], []
    for n in range(copies * len(synthetic.TEMPLATES)):
        name, text, where = synthetic.fill(n, seed, real)
        path = f"{n}/{name}"
        to = os.path.join(work, str(seed), path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            f.write(text)
        paths.append(path)
        spots.append(where)
        groups.append(f"template{n % len(synthetic.TEMPLATES)}")
    d = dump(paths, os.path.join(work, str(seed)), names)
    keep = within(d, spots)
    found = {(int(c["file"]), s) for c in d[keep] for s in spots[c["file"]] if s[0] < c["vt"] and c["vf"] < s[1]}
    missing = sorted({(groups[f], name) for f, ss in enumerate(spots) for s in ss if (f, s) not in found
                      for name in [open(os.path.join(work, str(seed), paths[f]), "rb").read()[max(0, s[0] - 40):s[1]]]})
    return d[keep], [groups[c["file"]] for c in d[keep]], missing


def decoys(work, names, seed, copies):
    """Candidates of files without a secret; a template is a group."""
    import decoys as templates
    paths, groups = [], []
    for n in range(copies * len(templates.TEMPLATES)):
        name, text = templates.fill(n, seed)
        to = os.path.join(work, str(seed), str(n), name)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            f.write(text)
        paths.append(f"{n}/{name}")
        groups.append(f"decoy{n % len(templates.TEMPLATES)}")
    d = dump(paths, os.path.join(work, str(seed)), names)
    return d, [groups[c["file"]] for c in d]


def variants(corpus, work, names, choose, seed):
    """Writes the copies under `work`, dumps them, keeps replaced candidates."""
    paths, spots, groups = [], [], []
    for path in sorted(corpus.rows):
        made = variant(corpus, path, choose, seed)
        if made is None:
            continue
        to = os.path.join(work, str(seed), path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with open(to, "wb") as f:
            f.write(made[0])
        paths.append(path)
        spots.append(made[1])
    d = dump(paths, os.path.join(work, str(seed)), names)
    keep = within(d, spots)
    return d[keep], [paths[c["file"]].split("/")[1] for c in d[keep]]
