# SPDX-License-Identifier: Apache-2.0
"""Scores candidates as score.py scores findings: one (file, line) a hit."""
import bisect
import collections
import json

import numpy as np

SCALE = 1024  # the model's integer scores are log odds in 1/1024
IDENTIFIER = 5  # enum ks_generic_class
HIGH_PRECISION = 0.955  # what `high` must reach over the corpus, a margin above .95
COMMON_RECALL = 0.9  # share of unseen common passwords that `medium` must find


def others(path):
    """[(file, first line, last line)] of findings by rules that are not learned."""
    return [(p["path"], p["start_line"], p["end_line"]) for f in json.load(open(path))["findings"]
            if not f["rule"].startswith("generic-") for p in f["locations"]]


class Lines:
    """Best score of each (file, first line, last line), and its rows."""

    def __init__(self, corpus, where, scores, more=()):
        best = {}
        for w, v in zip(where, scores):
            key = (w[0], w[1], w[2])
            if key not in best or v > best[key]:
                best[key] = v
        for key in more:
            best[tuple(key)] = 99.0
        rows = {p: [(int(r["line_start"]), int(r["line_end"]), r["label"]) for r in rs] for p, rs in corpus.rows.items()}
        self.rows_of = {p: sum(1 for r in rs if r[2] == "T") for p, rs in rows.items()}
        self.total = sum(self.rows_of.values())
        self.hits = []
        for (p, a, b), v in best.items():
            over = [i for i, r in enumerate(rows.get(p, ())) if r[0] <= b and a <= r[1]]
            real = [(p, i) for i in over if rows[p][i][2] == "T"]
            kind = "T" if real else "F" if over else "U"
            self.hits.append((v, kind, real, p.split("/")[1]))
        self.hits.sort(key=lambda h: -h[0])

    def curve(self):
        """(threshold, labelled P R F, strict P R F) after every hit."""
        found, tp, fp, un = set(), 0, 0, 0
        out = []
        for v, kind, real, _ in self.hits:
            tp += kind == "T"
            fp += kind == "F"
            un += kind == "U"
            found.update(real)
            r = len(found) / self.total
            p = tp / max(1, tp + fp)
            s = tp / max(1, tp + fp + un)
            out.append((v, p, r, 2 * p * r / max(1e-9, p + r), s, r, 2 * s * r / max(1e-9, s + r)))
        return np.array(out)

    def interval(self, t, rounds=2000, seed=1):
        """5 and 95 % of labelled and strict F1, repositories drawn anew."""
        repos = sorted({h[3] for h in self.hits} | {p.split("/")[1] for p in self.rows_of})
        at = {g: i for i, g in enumerate(repos)}
        n = np.zeros((len(repos), 5))  # true hits, false, unlabelled, rows found, rows
        seen = set()
        for v, kind, real, g in self.hits:
            if v < t:
                continue
            n[at[g], "TFU".index(kind)] += 1
            for x in real:
                if x not in seen:
                    seen.add(x)
                    n[at[g], 3] += 1
        for p, k in self.rows_of.items():
            n[at[p.split("/")[1]], 4] += k
        r = np.random.RandomState(seed)
        draws = np.array([n[r.randint(0, len(repos), len(repos))].sum(0) for _ in range(rounds)])
        tp, fp, un, found, rows = draws.T
        rec = found / np.maximum(rows, 1)
        out = []
        for false in (fp, fp + un):
            p = tp / np.maximum(tp + false, 1)
            out.append(tuple(np.percentile(2 * p * rec / np.maximum(p + rec, 1e-9), [5, 95])))
        return out


def at(curve, t):
    """The curve's row at threshold t."""
    i = bisect.bisect_right([-v for v in curve[:, 0]], -t) - 1
    return curve[max(0, i)]


def calibrate(y, w, score, bins=24):
    """Monotone map of score to probability: pool adjacent violators."""
    order = np.argsort(score)
    blocks = []
    for chunk in np.array_split(order, bins * 8):
        if len(chunk):
            blocks.append([float(np.sum(w[chunk])), float(np.sum(w[chunk] * y[chunk])), float(np.mean(score[chunk])), ])
            while len(blocks) > 1 and blocks[-2][1] * blocks[-1][0] >= blocks[-1][1] * blocks[-2][0]:
                a = blocks.pop()
                b = blocks.pop()
                n = a[0] + b[0]
                blocks.append([n, a[1] + b[1], (a[2] * a[0] + b[2] * b[0]) / max(n, 1e-9)])
    return [(b[2], b[1] / max(b[0], 1e-9)) for b in blocks]


def thresholds(curve, s, oof):
    """
    (medium, high). Both F1 over the corpus hardly change over a wide range; in
    it, medium is where they, the recall of passwords that people chose (of unseen
    styles on lines of their own, and common ones), that of made-up files of
    unseen formats, and the decoys left alone sum up to the most, less a
    thousandth for each finding in a clean tree that no judging model saw; and
    it finds COMMON_RECALL of the common ones, if any threshold does. high
    is the least threshold from which on precision stays above HIGH_PRECISION.
    """
    def rate(kind, t, real):
        rows = (s.kind == kind) & (s.y == real)
        return float(np.mean(oof[rows] >= t)) if rows.any() else 0.0

    def clean(t):
        rows = (s.kind == "clean") & ~s.id & (oof >= t)
        return len({(w[0], w[3]) for w, r in zip(s.where, rows) if r})

    def worth(t):
        c = at(curve, t)
        human = (rate("unseen:line", t, 1) + rate("unseen:common_unseen", t, 1)) / 2
        return c[3] + c[6] + human + rate("synthetic", t, 1) - rate("decoy", t, 0) - clean(t) / 1000

    levels = [round(t, 2) for t in np.arange(-1, 2, 0.05)]
    medium = max([t for t in levels if rate("unseen:common_unseen", t, 1) >= COMMON_RECALL] or levels, key=worth)
    ok = np.flatnonzero(curve[:, 1] >= HIGH_PRECISION)
    return medium, max(medium, float(curve[ok[-1], 0]) if len(ok) else medium + 2)


def reliability(lines, points):
    """[(from, findings, true)] in tenths of the calibrated confidence."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    bins = collections.defaultdict(lambda: [0, 0])
    for v, kind, _, _ in lines.hits:
        if kind != "U" and v < 90:
            b = bins[min(9, int(np.interp(v, xs, ys) * 10))]
            b[0] += 1
            b[1] += kind == "T"
    return [(k / 10, *bins[k]) for k in sorted(bins)]


KINDS = {  # what the rows of a kind are called in the report
    "unseen:line": "passwords of unseen styles, the line alone in its file: found",
    "unseen:word_year_mark": "`Word2024!` in place of the corpus' password, file unchanged: found",
    "unseen:word_word_digit": "`word_word7`: found",
    "unseen:common_unseen": "common passwords of the other half of the list: found",
    "human": "passwords of the trained styles, repository unseen: found",
    "synthetic": "made-up configuration files of an unseen format: found",
    "synthetic empty": "placeholders in them: reported",
    "placeholder": "placeholders in place of the corpus' secrets: reported",
    "identifier": "identifiers there: reported",
    "plain": "plain names there: reported",
    "decoy": "decoys of an unseen kind (public keys, checksums, choices, labels, words of tests): reported",
}


def report(corpus, s, oof, more):
    m = s.kind == "corpus"
    where = [w for w, k in zip(s.where, m) if k]
    usual = np.where(s.id[m], -99.0, oof[m])
    sets = {"classifier alone": Lines(corpus, where, oof[m]), "whole program, `--all-rules`": Lines(corpus, where, oof[m], more),
            "whole program": Lines(corpus, where, usual, more)}
    curves = {k: v.curve() for k, v in sets.items()}
    medium, high = thresholds(curves["whole program, `--all-rules`"], s, oof)
    levels = (("low", medium - 1.5), ("medium", medium), ("high", high))
    out = {"medium": medium, "high": high, "reached": float(curves["classifier alone"][-1, 2]), "rates": {}, "clean": {}}
    out["figures"] = {k: {name: tuple(float(at(c, t)[i]) for i in (1, 2, 3, 6)) for name, t in levels} for k, c in curves.items()}
    out["spread"] = {k: v.interval(medium) for k, v in sets.items()}
    for kind, name in KINDS.items():
        rows = s.kind == kind
        if rows.any():
            out["rates"][name] = (float(np.mean(oof[rows] >= medium)), float(np.mean(oof[rows] >= high)))
    for g in np.unique(s.g[s.kind == "clean"]):
        rows = (s.kind == "clean") & (s.g == g) & ~s.id
        out["clean"][str(g)] = tuple(len({(w[0], w[3]) for w, r in zip(s.where, rows & (oof >= t)) if r}) for t in (medium, high))
    out["calibration"] = calibrate(s.y[m], s.w[m], oof[m])
    out["reliability"] = reliability(sets["classifier alone"], out["calibration"])
    return out
