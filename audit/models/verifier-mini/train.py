"""Trains verifier-mini on gsm8k-train and writes OUT/state.pt: train.py OUT [--steps N]

Right: the worked answer, its last steps, or the bare final number, beside the true reference. Wrong: the same beside
another reference, or with another final number: a neighbour's, or one digit changed. No attack text is in the data.
"""
import argparse
import gzip
import json
import os
import random
import re
import time

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F

from verifier_mini import PAD, VerifierMini, encode

HERE = os.path.dirname(os.path.abspath(__file__))


def lines(name):
    with gzip.open(os.path.join(os.environ["GATEWAY_DATA"], name + ".jsonl.gz"), "rt", encoding="utf-8", newline="\n") as f:
        return [json.loads(line) for line in f]


def other_number(rng, final, rows):
    if rng.random() < 0.4:
        other = rng.choice(rows)["final"]
    else:
        digits = list(final)
        k = rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
        digits[k] = rng.choice([d for d in "0123456789" if d != digits[k]])
        other = "".join(digits)
        if rng.random() < 0.3:
            other = rng.choice([other + "0", final + rng.choice("0123456789"), final[:-1] or "0"])
    return other if other != final else other_number(rng, final, rows)


def response(rng, work, final, long):
    steps = [s for s in re.sub(r"<<[^>]*>>", "", work).split("\n")] if rng.random() < 0.7 else work.split("\n")
    kind = rng.random()
    kept = steps if kind < 0.15 * long else steps[-1:] if kind < 0.6 * long else []
    end = rng.choice(["A: {}", "#### {}", "The answer is {}.", "So the answer is {}", "Answer: {}", "\\boxed{{{}}}", "{}"]).format(final)
    return "\n".join(kept + [end])


def example(rng, rows, long):
    """`long` rises from 0, bare answers to questions cut short, to 1: the comparison is learnt first, then where to look for it."""
    r = dict(rng.choice(rows))
    if rng.random() > long:
        r["question"] = r["question"][-rng.randrange(60):]
    work, final = r["answer"].split("\n#### ")[0], r["final"]
    if rng.random() < 0.5:
        return r["question"], final, response(rng, work, final, long), 1.0
    other = other_number(rng, final, rows)
    if rng.random() < 0.5:
        return r["question"], other, response(rng, work, final, long), 0.0
    return r["question"], final, response(rng, work, other, long), 0.0


def padded(rows):
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    mask = torch.zeros_like(ids)
    for i, r in enumerate(rows):
        ids[i, :len(r)] = torch.tensor(r)
        mask[i, :len(r)] = 1
    return ids, mask


def solutions():
    """Real models' solutions of the test questions, with what people's answer keys say of them."""
    for r in lines("gsm8k-model-solutions"):
        final = r["ground_truth"].split("A: ")[-1].strip()
        for name, s in r.items():
            if isinstance(s, dict):
                yield r["question"], final, s["solution"], float(s["is_correct"])


def scores(module, sp, rows, size=32):
    ids = [encode(sp, *r[:3]) for r in rows]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = np.zeros(len(ids))
    with torch.no_grad():
        for i in range(0, len(order), size):
            part = order[i:i + size]
            out[part] = module(*padded([ids[k] for k in part]))[:, 0].numpy()
    return out


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out")
    arguments.add_argument("--steps", type=int, default=4000)
    arguments.add_argument("--rate", type=float, default=1e-3)
    a = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = random.Random(1)
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(HERE, "tokenizer.model"))
    rows = [r for r in lines("gsm8k-train") if any(c.isdigit() for c in r["final"])]
    test = rng.sample(list(solutions()), 600)
    truth = np.array([r[3] for r in test])
    module = VerifierMini(sp.get_piece_size())
    optimiser = torch.optim.AdamW(module.parameters(), lr=a.rate, weight_decay=0.01)
    total, t = 0.0, time.time()
    for step in range(a.steps):
        pool = [(encode(sp, *e[:3]), e[3]) for e in (example(rng, rows, min(1.0, 2 * step / a.steps)) for _ in range(32))]
        ids, mask = padded([p[0] for p in pool])
        for g in optimiser.param_groups:
            g["lr"] = a.rate * min(1, (step + 1) / 200) * (1 - step / a.steps)
        loss = F.binary_cross_entropy_with_logits(module(ids, mask)[:, 0], torch.tensor([p[1] for p in pool]))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        total += loss.item()
        if (step + 1) % 250 == 0:
            s = scores(module, sp, test)
            print(step + 1, f"{time.time() - t:.0f} s, loss {total / 250:.4f}, real solutions: right {np.mean((s > 0) == (truth > 0)):.3f} "
                  f"(true yes {np.mean(s[truth > 0] > 0):.3f}, false yes {np.mean(s[truth == 0] > 0):.3f})", flush=True)
            total = 0.0
            os.makedirs(a.out, exist_ok=True)
            torch.save(module.state_dict(), os.path.join(a.out, "state.pt"))


if __name__ == "__main__":
    main()
