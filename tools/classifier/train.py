#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the classifier of generic secrets and writes its tables.

usage: train.py --corpus DIR --dump PROGRAM [--clean DIR]... [--out model.c] [--report FILE]

Cross-validates by repository, prints what it finds, trains once more on
everything and writes rules/classifier/model.c. Reproducible from --seed.
"""
import argparse
import json
import multiprocessing
import os
import pickle
import re
import sys
import tempfile

import numpy as np


def arguments():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", required=True)
    a.add_argument("--dump", required=True)
    a.add_argument("--clean", action="append", default=[])
    a.add_argument("--out")
    a.add_argument("--report", help="write all figures there, as JSON")
    a.add_argument("--doc", help="put the figures into this document, docs/accuracy.md")
    a.add_argument("--others", help="keysweep's JSON report over the corpus: its findings by rules that are not learned")
    a.add_argument("--data", help="keep the collected candidates here, and use them")
    a.add_argument("--save", help="keep out-of-fold scores here, for study")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--folds", type=int, default=4)
    a.add_argument("--jobs", type=int, default=2, help="folds trained at once")
    a.add_argument("--trees", type=int, default=340)
    a.add_argument("--leaves", type=int, default=30)
    a.add_argument("--rate", type=float, default=0.06)
    a.add_argument("--human", type=float, default=2.0)
    a.add_argument("--common", type=int, default=9, help="how many times more often than others common passwords are drawn")
    a.add_argument("--synthetic", type=float, default=1.6)
    a.add_argument("--weak", type=float, default=0.2)
    a.add_argument("--decoy", type=float, default=0.6)
    a.add_argument("--clean-weight", type=float, default=1.2)
    return a.parse_args()


O = arguments()
os.environ["KS_DUMP"] = os.path.abspath(O.dump)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import corpus as C  # noqa: E402  (reads KS_DUMP)
import doc  # noqa: E402
import emit  # noqa: E402
import humans  # noqa: E402
import judge  # noqa: E402
import lightgbm as lgb  # noqa: E402


class Set:
    """Candidates with labels, weights, repositories and where they stand."""

    def __init__(self):
        self.x, self.y, self.w, self.g, self.kind, self.where, self.id = [], [], [], [], [], [], []

    def add(self, d, y, w, groups, kind, where=None):
        self.x.append(d["x"])
        self.id.append(d["class"] == judge.IDENTIFIER)
        self.y.append(np.broadcast_to(y, len(d)))
        self.w.append(np.broadcast_to(np.asarray(w, float), len(d)))
        self.g += list(groups)
        self.kind += [kind] * len(d)
        self.where += where if where is not None else [None] * len(d)

    def done(self):
        self.x = np.concatenate(self.x).astype(np.int16)
        self.id = np.concatenate(self.id)
        self.y = np.concatenate(self.y).astype(np.int8)
        self.w = np.concatenate(self.w)
        self.g = np.array(self.g)
        self.kind = np.array(self.kind)


def collect(corpus, names):
    s = Set()
    d = C.dump(corpus.paths, corpus.root, names)
    ys, ws, gs, where = [], [], [], []
    for c in d:
        path = corpus.paths[c["file"]]
        y, w = corpus.label(path, int(c["vf"]), int(c["vt"]))
        t = corpus.text(path)
        ys.append(y)
        ws.append(O.weak if w < 0 else w)
        gs.append(path.split("/")[1])
        where.append((path, t.line(int(c["vf"])), t.line(max(int(c["vf"]), int(c["vt"]) - 1)), int(c["vf"]), int(c["vt"])))
    s.add(d, np.array(ys), np.array(ws), gs, "corpus", where)
    trained = [k for k in humans.STYLES if k not in humans.HELD_OUT] + ["common"] * O.common
    with tempfile.TemporaryDirectory() as work:
        for i in range(4):
            d, g = C.variants(corpus, work, names, C.pick(trained), f"human{i}{O.seed}")
            s.add(d, 1, 0.75, g, "human")
        d, y, g = C.lines(corpus, work, names, C.pick(trained), f"lines{O.seed}", 0.5)
        s.add(d, y, np.where(y == 1, 1.0, 0.5), g, "line")
        d, y, g = C.lines(corpus, work, names, C.pick(humans.HELD_OUT), f"unseen lines{O.seed}", 0.0)
        s.add(d, y, 1.0, g, "unseen:line")
        for k in humans.HELD_OUT:
            d, g = C.variants(corpus, work, names, C.pick([k]), f"unseen{k}{O.seed}")
            s.add(d, 1, 1.0, g, "unseen:" + k)
        for i in range(2):
            d, g = C.variants(corpus, work, names, C.pick_placeholder, f"placeholder{i}{O.seed}")
            s.add(d, 0, 0.25, g, "placeholder")
        d, g = C.variants(corpus, work, names, C.pick_identifier, f"identifier{O.seed}")
        s.add(d, 0, 0.35, g, "identifier")
        for i in range(2):
            d, g = C.variants(corpus, work, names, C.pick_plain, f"plain{i}{O.seed}")
            s.add(d, 0, 0.2, g, "plain")
        d, g, missing = C.made_up(work, names, True, f"real{O.seed}", 12)
        s.add(d, 1, 0.4, g, "synthetic")
        for m in missing[:0 if O.data else 40]:
            print("no candidate", m)
        d, g, _ = C.made_up(work, names, False, f"empty{O.seed}", 6)
        s.add(d, 0, 0.3, g, "synthetic empty")
        d, g = C.decoys(work, names, f"decoys{O.seed}", 16)
        s.add(d, 0, 1.0, g, "decoy")
    for top in O.clean:
        paths = sorted(os.path.relpath(os.path.join(a, f), top) for a, _, fs in os.walk(top) for f in fs)
        d = C.dump(paths, top, names)
        name = os.path.basename(top.rstrip("/"))
        where = [(top + "/" + paths[c["file"]], 0, 0, int(c["vf"]), int(c["vt"])) for c in d]
        # Identifiers are a class of their own, which nobody calls clean or not.
        s.add(d, 0, np.where(d["class"] == judge.IDENTIFIER, 0.0, 1.0), [name] * len(d), "clean", where)
    s.done()
    return s


def fit(s, rows, names, seed):
    path = [i for i, n in enumerate(names) if n.startswith("path_")]
    window = [i for i, n in enumerate(names) if not n.startswith("path_")]
    p = dict(objective="binary", learning_rate=O.rate, num_leaves=O.leaves, min_data_in_leaf=20, feature_fraction=0.4,
             bagging_fraction=0.8, bagging_freq=1, lambda_l2=5.0, max_bin=63, min_gain_to_split=0.01,
             interaction_constraints=[window, path], seed=seed, deterministic=True, force_row_wise=True, num_threads=1, verbosity=-1)
    return lgb.train(p, lgb.Dataset(s.x[rows], s.y[rows], weight=s.w[rows], feature_name=names), O.trees)


def weigh(s):
    """Gives each kind of rows the weight that the options say."""
    for kind, factor in (("clean", O.clean_weight), ("decoy", O.decoy), ("human", O.human), ("synthetic", O.synthetic)):
        s.w[s.kind == kind] *= factor


def one_fold(job):
    """Scores of what a fold's model has not seen."""
    s, rows, held, names = job
    return fit(s, rows, names, O.seed).predict(s.x[held], raw_score=True, num_threads=1)


def folds(groups, n, seed):
    """A fold for every repository, balanced by number of rows."""
    names, counts = np.unique(groups, return_counts=True)
    r = np.random.RandomState(seed)
    order = sorted(range(len(names)), key=lambda i: (-counts[i], r.rand()))
    load, fold = [0] * n, {}
    for i in order:
        k = load.index(min(load))
        fold[names[i]] = k
        load[k] += counts[i]
    return np.array([fold[g] for g in groups])


def main():
    names = C.feature_names()
    corpus = C.Corpus(O.corpus)
    if O.data and os.path.exists(O.data):
        s = pickle.load(open(O.data, "rb"))
    else:
        s = collect(corpus, names)
        if O.data:
            pickle.dump(s, open(O.data, "wb"))
    weigh(s)
    print({k: (int((s.kind == k).sum()), int(s.y[s.kind == k].sum())) for k in np.unique(s.kind)}, flush=True)
    unseen = np.char.startswith(s.kind.astype(str), "unseen")
    f = folds(s.g, O.folds, O.seed)
    oof = np.zeros(len(s.y))
    jobs = [(s, (f != k) & (s.w > 0) & ~unseen, f == k, names) for k in range(O.folds)]
    with multiprocessing.Pool(O.jobs) as pool:
        for (_, _, held, _), scores in zip(jobs, pool.imap(one_fold, jobs)):
            oof[held] = scores
    if O.save:
        np.savez_compressed(O.save, oof=oof, y=s.y, w=s.w, kind=s.kind, g=s.g, x=s.x)
        json.dump(s.where, open(O.save + ".where.json", "w"))
    report = judge.report(corpus, s, oof, judge.others(O.others) if O.others else [])
    print(f"medium {report['medium']:.2f} high {report['high']:.2f} rows reached {report['reached']:.4f}\n" + doc.figures(report), flush=True)
    if O.report:
        json.dump(report, open(O.report, "w"), indent=1)
    if O.doc:
        doc.put(O.doc, "cv", doc.figures(report))
    if O.out:
        model = fit(s, s.w > 0, names, O.seed)
        ts = emit.trees(model, names)
        size = emit.write(ts, names, report["medium"] * emit.ONE, report["high"] * emit.ONE, report["calibration"], O.out)
        version = re.search(r'\.version = "(\w+)"', open(O.out).read()).group(1)
        if O.doc:
            doc.put(O.doc, "model", doc.model(version, ts, size, report["medium"], report["high"], int((s.w > 0).sum()), emit.WORDS_SIZE))
        window, path = emit.evaluate(ts, s.x)
        print(f"{len(ts)} trees, {sum(t[0] for t in ts)} of the path, {size} bytes; path score {path.min()}..{path.max()}; "
              f"integers differ by {np.abs((window + path) / emit.ONE - model.predict(s.x, raw_score=True)).max():.3f}")
        imp = sorted(zip(model.feature_importance("gain"), names), reverse=True)
        print(" ".join(f"{n}:{int(v)}" for v, n in imp[:50]))


if __name__ == "__main__":
    main()
