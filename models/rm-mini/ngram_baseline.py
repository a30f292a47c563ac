"""The n-gram baseline: one logistic regression on differences of hashed word 1-2-grams of the last turn (2^18 columns,
log1p of counts, L2), trained on the pooled train splits. Writes eval/ngram-margins.json.gz, so that evaluating needs
no training. L2 is chosen by cross-validation (--choose prints it); --power 0.5 would weigh the sets as rm-mini's training.
"""
import argparse
import json
import os
import re
import zlib

import numpy as np
import torch
import torch.nn.functional as F

import data
from prepare import write_gz
from train import FOLDS, Bags, balance, folds, minimise

COLUMNS = 1 << 18
WORD = re.compile(r"\w+|[^\w\s]")


def counts(text, length):
    words = WORD.findall(text.lower())
    grams = words + [a + " " + b for a, b in zip(words, words[1:])]
    index, times = np.unique(np.array([zlib.crc32(g.encode()) % COLUMNS for g in grams], np.int64), return_counts=True)
    value = np.log1p(times)
    if length:
        index, value = np.append(index, COLUMNS), np.append(value, np.log1p(len(text)))
    return index, value


def difference(row, length):
    (i, v), (j, w) = counts(row["chosen"], length), counts(row["rejected"], length)
    index, inverse = np.unique(np.concatenate([i, j]), return_inverse=True)
    return index, np.bincount(inverse, np.concatenate([v, -w]), len(index)).astype(np.float32)


def fit(rows, weight, l2):
    bags = Bags(rows)
    used = bags.compact()
    table = torch.zeros(len(used), 1, requires_grad=True)
    minimise([table], lambda: (F.softplus(-bags(table)[:, 0]) * weight).sum() + l2 * (table * table).sum(), 40)
    out = torch.zeros(COLUMNS + 1, 1)
    out[used] = table.detach()
    return out


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--l2", type=float, default=100.0)
    arguments.add_argument("--power", type=float, default=0.0)
    arguments.add_argument("--choose", action="store_true")
    a = arguments.parse_args()
    torch.set_num_threads(1)
    result = {}
    for kind in ("ngram", "ngram+length"):
        rows, domains, fold = [], [], []
        for d, name in enumerate(data.TRAINED):
            train = data.train_rows(name)
            rows += [difference(r, kind != "ngram") for r in train]
            domains += [d] * len(train)
            fold += folds(name, train)
        domains, fold = np.array(domains), np.array(fold)
        if a.choose:
            for l2 in (3.0, 10.0, 30.0, 100.0, 300.0):
                right = np.zeros(len(rows))
                for k in range(2):
                    i, o = np.where(fold != k)[0], np.where(fold == k)[0]
                    table = fit([rows[x] for x in i], balance(domains[i], a.power), l2)
                    right[o] = (Bags([rows[x] for x in o])(table)[:, 0] > 0).numpy()
                seen = fold < 2
                acc = [100 * right[seen & (domains == d)].mean() for d in range(len(data.TRAINED))]
                print(kind, "power", a.power, "l2", l2, " ".join(f"{x:.1f}" for x in acc), f"mean {np.mean(acc[:5]):.2f}", flush=True)
            continue
        table = fit(rows, balance(domains, a.power), a.l2)
        for name in data.ALL:
            test = [difference(r, kind != "ngram") for r in data.test_rows(name)]
            margin = Bags(test)(table)[:, 0]
            result.setdefault(kind, {})[name] = [round(float(m), 4) for m in margin]
            print(kind, name, f"{100 * float((margin > 0).float().mean()):.1f}", flush=True)
    if result:
        write_gz(os.path.join(data.EVAL, "ngram-margins.json.gz"), json.dumps(result, separators=(",", ":")))


if __name__ == "__main__":
    main()
