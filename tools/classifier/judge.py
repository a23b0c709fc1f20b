# SPDX-License-Identifier: Apache-2.0
"""Scores candidates as score.py scores findings: one (file, line) a hit."""
import bisect
import collections

import numpy as np

SCALE = 1024  # the model's integer scores are log odds in 1/1024


class Lines:
    """Best score of each (file, first line, last line), and its rows."""

    def __init__(self, corpus, where, scores):
        best = {}
        for w, v in zip(where, scores):
            key = (w[0], w[1], w[2])
            if key not in best or v > best[key]:
                best[key] = v
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

    def curve(self, weights=None):
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


def report(corpus, s, oof, names):
    m = s.kind == "corpus"
    where = [w for w, k in zip(s.where, m) if k]
    lines = Lines(corpus, where, oof[m])
    c = lines.curve()
    mean = c[:, 3] + c[:, 6]
    # The strictest threshold that is as good as the best one, within noise.
    i = int(np.flatnonzero(mean >= mean.max() - 0.002)[0])
    out, t = [], float(c[i, 0])
    say = out.append
    j = int(np.argmax(c[:, 3]))
    say(f"best labelled F1 {c[j,3]:.3f} (P {c[j,1]:.3f} R {c[j,2]:.3f}), strict there {c[j,6]:.3f}")
    j = int(np.argmax(c[:, 6]))
    say(f"best strict   F1 {c[j,6]:.3f}, labelled there {c[j,3]:.3f}")
    say(f"medium t={t:.3f}: labelled P {c[i,1]:.3f} R {c[i,2]:.3f} F {c[i,3]:.3f}; strict P {c[i,4]:.3f} F {c[i,6]:.3f}; rows reached {c[-1,2]:.3f}")
    ok = np.flatnonzero(c[:, 1] >= 0.955)
    high = float(c[ok[-1], 0]) if len(ok) else t + 2
    spread = lines.interval(t)
    say(f"  5 to 95 %: labelled {spread[0][0]:.3f} to {spread[0][1]:.3f}, strict {spread[1][0]:.3f} to {spread[1][1]:.3f}")
    say(f"P>=.955 until t={high:.3f}: R {c[ok[-1],2] if len(ok) else 0:.3f}")
    for k in np.unique(s.kind):
        if k == "corpus":
            continue
        rows = s.kind == k
        rate = float(np.mean(oof[rows] >= t))
        say(f"  {k}: {int(rows.sum())} candidates, {'recall' if s.y[rows].any() else 'passed as secret'} {rate:.3f}")
    for g in np.unique(s.g[s.kind == "clean"]):
        rows = (s.kind == "clean") & (s.g == g) & ~np.isin(s.x[:, names.index("form")], (10, 11))
        say(f"  clean {g}: {len(set(w[0] + str(w[3]) for w, r in zip(s.where, rows & (oof >= t)) if r))} findings")
    return {"text": "\n".join(out), "medium": t, "high": high,
            "calibration": calibrate(s.y[m], s.w[m], oof[m])}
