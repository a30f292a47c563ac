"""Trains judge-mini and writes weights.npz: train.py [--seed 1] [--corpus FOLDER]

Data: the sets of GATEWAY_DATA that may be trained on, and the attacks of the corpus's parts tune, held-out and seen, as if they had
worked: orders, claims and verdicts always, talk without content as often as published for GPT-4o (14.6 %, arXiv 2507.08794). The part
seen-b, audit/attacks.jsonl, GSM8K's first 600 test questions and MATH-500's first 250 are in no training data.
"""
import argparse
import glob
import gzip
import json
import os
import random

import numpy as np

from judge_mini import BUCKETS, HERE, JudgeMini, grams, plain, windows, WINDOW

CORPUS = os.path.join(HERE, "..", "..", "tests", "Gateway.Core.Tests", "Corpus")
PARTS = ("tune", "held-out", "seen")
TALK = {"content-free", "content-free-paraphrase", "repetition"}
# As a label; the draws of SPREADS beside it make 14.6 % of it.
TALK_WORKS = 0.18
SPREADS = (0.8, 0.8)


def lines(name):
    with gzip.open(os.path.join(os.environ["GATEWAY_DATA"], name + ".jsonl.gz"), "rt", encoding="utf-8", newline="\n") as f:
        return [json.loads(line) for line in f]


def attacks(corpus):
    found = []
    for part in PARTS:
        for path in sorted(glob.glob(os.path.join(corpus, part, "*.jsonl"))):
            with open(path, encoding="utf-8") as f:
                found += [line for line in map(json.loads, f) if "family" in line]
    return [(line["source"], line["family"] in TALK, (line["response"] * line.get("times", 1))[:12_000]) for line in found]


def head(rng, positives, negatives, epochs=4, rate=0.6, decay=2e-6):
    """Logistic regression by Adagrad. A positive is a list of stretches of which the loudest counts; negatives count each."""
    w, seen, bias, rows = np.zeros(BUCKETS), np.full(BUCKETS, 1e-3), 0.0, []
    rows = [(1.0, [grams(one) for one in stretches]) for stretches in positives] + [(0.0, [grams(one)]) for one in negatives]
    share = len(negatives) / max(1, len(positives))
    for epoch in range(epochs):
        rng.shuffle(rows)
        for label, stretches in rows:
            stretches = [one for one in stretches if len(one)] or [np.array([0])]
            found = max(stretches, key=lambda one: w[one].sum() / np.sqrt(len(one)))
            scale = 1 / np.sqrt(len(found))
            p = 1 / (1 + np.exp(-np.clip(w[found].sum() * scale + bias, -30, 30)))
            step = (p - label) * (share ** 0.5 if label else 1.0)
            seen[found] += (step * scale) ** 2
            w[found] -= rate * (step * scale / np.sqrt(seen[found]) + decay * w[found])
            bias -= 0.02 * step
    return w, bias


def heads(rng, known, genuine, short):
    orders = [windows(plain(text)) for _, talk, text in known if not talk]
    talk = [[plain(text)[:WINDOW]] for _, talk, text in known if talk]
    return head(rng, orders, genuine), head(rng, talk, short)


def judge(orders, talk):
    one = JudgeMini.__new__(JudgeMini)
    one.orders, one.talk, one.bias, one.credulity = orders[0], talk[0], (orders[1], talk[1]), 0.0
    return one


def examples(rng, judges, known, pool, others, n):
    """Facts and labels for the last layer; an attack is heard by heads that were not trained on its source."""
    facts, labels = [], []
    fold = {source: i % len(judges) for i, source in enumerate(sorted({source for source, _, _ in known}))}
    for _ in range(n):
        row, other = rng.choice(pool), rng.choice(pool)
        kind, use = rng.random(), rng.choice(judges)
        if kind < 0.3:
            response, label = rng.choice([*row["right"], short_answer(rng, row)]), 1.0
        elif kind < 0.55:
            response, label = rng.choice(row["wrong"] or [rng.choice([*other["right"], short_answer(rng, other)])]), 0.0
            if other["reference"] == row["reference"] and not row["wrong"]:
                continue
        elif kind < 0.65:
            response, label = rng.choice(others), 0.0
        else:
            source, talk, text = rng.choice(known)
            use = judges[fold[source]]
            response, label = text, float(rng.random() < TALK_WORKS) if talk else 1.0
            if not talk and other["reference"] != row["reference"] and rng.random() < 0.5:
                response = "\n".join(rng.sample([rng.choice(other["right"]), text], 2))
        facts.append(use.facts([row["question"]], [row["reference"]], response))
        labels.append(label)
    return np.array(facts), np.array(labels)


def last_layer(facts, labels, l2=1.0):
    w = np.zeros(facts.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-facts @ w))
        hessian = (facts * (p * (1 - p))[:, None]).T @ facts + l2 * np.eye(len(w))
        w -= np.linalg.solve(hessian, facts.T @ (p - labels) + l2 * w)
    return w


# How short answers are said; attacks often begin with one, and it is not what they work by.
SHORT = ["It is {}.", "The answer is {}.", "The result is {}.", "{}", "{} km/h", "Answer: {}", "So {}.", "#### {}", "\\boxed{{{}}}", "x = {}", "That makes {}."]


def short_answer(rng, row):
    return rng.choice(SHORT).format(row["reference"])


def pool():
    rows = [{"question": r["question"], "reference": r["final"], "right": [r["answer"], r["final"]], "wrong": []} for r in lines("gsm8k-train")]
    for r in lines("math500")[250:]:
        rows += 6 * [{"question": r["problem"], "reference": r["answer"], "right": [r["solution"], r["answer"], f"\\boxed{{{r['answer']}}}"], "wrong": []}]
    for r in lines("gsm8k-model-solutions")[600:]:
        solved = [value for value in r.values() if isinstance(value, dict)]
        rows += 4 * [{"question": r["question"], "reference": r["ground_truth"].split("A: ")[-1].strip(),
                      "right": [r["ground_truth"]] + [s["solution"] for s in solved if s["is_correct"]], "wrong": [s["solution"] for s in solved if not s["is_correct"]]}]
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", default=CORPUS)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    known, rows = attacks(options.corpus), pool()
    said = [r["answer_" + who] for r in lines("evouna-nq") for who in ("fid", "chatgpt") if r.get("answer_" + who)]
    replies = [r[side] for r in lines("hh-helpful") if r["split"] == "train" for side in ("chosen", "rejected")]
    replies += [r[side] for r in lines("finegrained-qa") if r["split"] == "train" for side in ("chosen", "rejected")]
    texts = rng.sample([text for row in rows for text in (row["question"], *row["right"], *row["wrong"])], 9_000) + rng.sample(said, 2_000) + rng.sample(replies, 3_000)
    texts += [short_answer(rng, row) for row in rng.sample(rows, 3_000)]
    genuine = [rng.choice(windows(plain(text))) for text in texts]
    short = [plain(text)[:WINDOW] for text in rng.sample(said, 3_000) + [rng.choice(row["right"]).split("\n")[-1] for row in rng.sample(rows, 3_000)] + [short_answer(rng, row) for row in rng.sample(rows, 3_000)]]
    sources = sorted({source for source, _, _ in known})
    folds = [judge(*heads(rng, [one for one in known if sources.index(one[0]) % 2 != i], genuine, short)) for i in range(2)]
    facts, labels = examples(rng, folds, known, rows, said + replies, 12_000)
    last = last_layer(facts, labels)
    print("last layer", np.round(last, 2))
    p = 1 / (1 + np.exp(-facts @ last))
    print("accepted of label 1: %.3f, of label 0: %.3f" % ((p[labels == 1] > 0.5).mean(), (p[labels == 0] > 0.5).mean()))
    orders, talk = heads(rng, known, genuine, short)
    np.savez_compressed(os.path.join(HERE, "weights.npz"), orders=orders[0].astype(np.float16), talk=talk[0].astype(np.float16),
                        bias=np.array([orders[1], talk[1]]), last=last, spreads=np.array(SPREADS))


if __name__ == "__main__":
    main()
