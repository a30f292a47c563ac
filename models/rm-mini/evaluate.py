"""Accuracy of rm-mini on the committed test splits, beside the baselines, as a markdown table.

    evaluate.py --gateway http://127.0.0.1:8080     over HTTP; standard library only
    evaluate.py --torch                             with the weights of this folder (torch, onnx, sentencepiece)

A pair counts as right when the chosen response scores strictly higher: a tie is wrong, for every scorer. Intervals are
95 % percentile bootstrap over pairs, 2,000 resamples, each set resampled apart; differences are paired.
"""
import argparse
import gzip
import json
import os
import random
import time
import urllib.request

import data


def by_gateway(url, rows, name):
    out = []
    for at in range(0, len(rows), 64):
        part = rows[at:at + 64]
        body = {"model": "rm-mini", "items": [{"id": str(i), "messages": data.prompt_messages(name, r["prompt"]),
                                               "responses": [r["chosen"], r["rejected"]]} for i, r in enumerate(part)]}
        request = urllib.request.Request(url.rstrip("/") + "/v1/score", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            results = json.load(reply)["results"]
        results.sort(key=lambda x: int(x["id"]))
        assert [int(x["id"]) for x in results] == list(range(len(part))), "an item is missing from the reply"
        out += [[s["score"] for s in x["scores"]] for x in results]
    return out


def by_torch():
    import sentencepiece
    import torch
    import rm_mini
    torch.set_num_threads(1)
    module = rm_mini.load(data.HERE)
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(data.HERE, "tokenizer.model"))

    def score(name, row, response):
        ids = torch.tensor([rm_mini.encode_messages(sp, data.prompt_messages(name, row["prompt"]) + [{"role": "assistant", "content": response}])])
        with torch.no_grad():
            return module(ids, torch.ones_like(ids))[0, 0].item()
    return lambda rows, name: [[score(name, r, r["chosen"]), score(name, r, r["rejected"])] for r in rows]


def mean(values):
    return sum(values) / len(values)


def interval(samples):
    s = sorted(samples)
    return s[int(0.025 * len(s))], s[int(0.975 * len(s)) - 1]


def main():
    arguments = argparse.ArgumentParser()
    how = arguments.add_mutually_exclusive_group(required=True)
    how.add_argument("--gateway")
    how.add_argument("--torch", action="store_true")
    arguments.add_argument("--resamples", type=int, default=2000)
    a = arguments.parse_args()
    score = by_torch() if a.torch else lambda rows, name: by_gateway(a.gateway, rows, name)
    with gzip.open(os.path.join(data.EVAL, "ngram-margins.json.gz"), "rt") as f:
        baseline = json.load(f)
    right, began, scored = {}, time.perf_counter(), 0
    for name in data.ALL:
        rows = data.test_rows(name)
        scores = score(rows, name)
        scored += 2 * len(rows)
        right[name] = {
            "rm-mini": [100.0 * (s[0] > s[1]) for s in scores],
            "longer": [100.0 * (len(r["chosen"]) > len(r["rejected"])) for r in rows],
            "n-gram": [100.0 * (m > 0) for m in baseline["ngram"][name]],
            "n-gram + length": [100.0 * (m > 0) for m in baseline["ngram+length"][name]],
        }
    took = time.perf_counter() - began

    kinds = list(right[data.ALL[0]])
    rng = random.Random(1)
    draws = {name: [] for name in data.ALL}
    for name in data.ALL:
        columns = list(zip(*(right[name][k] for k in kinds)))
        for _ in range(a.resamples):
            draws[name].append([mean(c) for c in zip(*rng.choices(columns, k=len(columns)))])

    def line(label, n, values, samples):
        low, high = interval([s[0] for s in samples])
        return f"| {label} | {n} | {values[0]:.1f} [{low:.1f}, {high:.1f}] | " + " | ".join(f"{v:.1f}" for v in values[1:]) + " |"

    print("| set | pairs | rm-mini, 95 % interval | longer answer wins | n-gram | n-gram + length |\n|---|---|---|---|---|---|")
    for name in data.ALL:
        print(line(name, len(right[name]["rm-mini"]), [mean(right[name][k]) for k in kinds], draws[name]))
    over = [[mean([draws[n][i][k] for n in data.GOAL]) for k in range(len(kinds))] for i in range(a.resamples)]
    means = [mean([mean(right[n][k]) for n in data.GOAL]) for k in kinds]
    print(line("**mean of the first five**", sum(len(right[n]["rm-mini"]) for n in data.GOAL), means, over))
    print()
    for k in range(1, len(kinds)):
        low, high = interval([s[0] - s[k] for s in over])
        print(f"rm-mini − {kinds[k]}, mean of the first five sets: {means[0] - means[k]:+.1f} points [{low:+.1f}, {high:+.1f}]")
    print(f"\n{scored} responses scored in {took:.1f} s")


if __name__ == "__main__":
    main()
