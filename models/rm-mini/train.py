"""Trains rm-mini on the train splits and writes state.pt: train.py OUT [--steps N] [--folds N]

1. gate: softmax regression of the set on the prompt's tokens and pairs of neighbouring tokens (L2, L-BFGS);
2. linear part: per-expert n-gram and count weights, logistic regression on differences under the gate (L2, L-BFGS);
3. transformer: Bradley-Terry on top of out-of-fold margins of 1 and 2 (otherwise they leave nothing to learn).
--folds N only reports cross-validated accuracy of 1 and 2 (N of 5 folds) and writes OUT/out-of-fold.pt, which a later
run takes up. --steps 0 leaves the transformer untrained.
"""
import argparse
import hashlib
import os
import time
from collections import Counter

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F

import data
from rm_mini import PAD, SLOT_FACTOR, RmMini, encode_messages

SLOTS = 1 << 18
RARE = 3
COUNTS = 11
FOLDS = 5


class Pair:
    __slots__ = ("domain", "fold", "prompt", "chosen", "rejected")


def group(name, row):
    return row["subset"].split("_")[0] if name == "ukp-convincing" else row["prompt"]


def folds(name, rows):
    """Whole prompts (UKP: whole debates) share a fold; debates are dealt out by size."""
    if name == "ukp-convincing":
        sizes, load, out = Counter(group(name, r) for r in rows), [0] * FOLDS, {}
        for g, n in sorted(sizes.items(), key=lambda x: (-x[1], x[0])):
            k = load.index(min(load))
            out[g], load[k] = k, load[k] + n
        return [out[group(name, r)] for r in rows]
    return [int(hashlib.sha256(group(name, r).encode()).hexdigest(), 16) % FOLDS for r in rows]


def read_pairs(sp):
    out = []
    for d, name in enumerate(data.TRAINED):
        rows = data.train_rows(name)
        for r, fold in zip(rows, folds(name, rows)):
            p = Pair()
            p.domain, p.fold = d, fold
            prompt = data.prompt_messages(name, r["prompt"])
            p.prompt = np.array(encode_messages(sp, prompt))
            n = len(p.prompt)
            for side in ("chosen", "rejected"):
                full = np.array(encode_messages(sp, prompt + [{"role": "assistant", "content": r[side]}]))
                setattr(p, side, full[n:])
            out.append(p)
    return out


class Features:
    """The numbers RmMini.linear computes, for training: sparse n-gram values, then the counts.

    Rows: tokens, then the pairs of neighbouring tokens found in at least RARE training pairs or RARE prompts, most
    frequent first. A pair's slot is a hash; the first to take a slot keeps it, the others are left out.
    """

    def __init__(self, vocabulary, pairs):
        self.vocabulary = vocabulary
        seen, asked = Counter(), Counter()
        for p in pairs:
            seen.update(set(self.keys(p.chosen).tolist()) | set(self.keys(p.rejected).tolist()))
        for prompt in unique_prompts(pairs)[0]:
            asked.update(set(self.keys(prompt).tolist()))
        wanted = [k for k in seen.keys() | asked.keys() if seen[k] >= RARE or asked[k] >= RARE]
        wanted.sort(key=lambda k: (-seen[k] - asked[k], k))
        self.slot_key, self.slot_row = np.full(SLOTS, -1, np.int64), np.zeros(SLOTS, np.int64)
        row = vocabulary
        for k in wanted:
            slot = k * SLOT_FACTOR % SLOTS
            if self.slot_key[slot] < 0:
                self.slot_key[slot], self.slot_row[slot] = k, row
                row += 1
        taken = self.slot_key >= 0
        self.table = vocabulary + int(taken.sum())
        self.size = self.table + COUNTS
        print(len(wanted), "pairs of tokens wanted,", int(taken.sum()), "have a slot")

    def keys(self, ids):
        return ids[:-1] * self.vocabulary + ids[1:]

    def rows(self, keys):
        slots = keys * SLOT_FACTOR % SLOTS
        return self.slot_row[slots][self.slot_key[slots] == keys]

    def grams(self, ids):
        return np.concatenate([ids, self.rows(self.keys(ids))])

    def one(self, turn, prompt):
        c, p = turn, prompt
        c2, p2 = self.keys(c), self.keys(p)
        index, times = np.unique(self.grams(c), return_counts=True)
        often, often2 = Counter(c.tolist()), Counter(c2.tolist())
        content = c[3:-2]
        content2 = c2[3:-2]
        n, np_ = len(content), len(p)

        def overlap(a, b):
            seen = set(b.tolist())
            return sum(x in seen for x in a.tolist())

        distinct = sum(1.0 / often[x] for x in content.tolist())
        distinct2 = sum(1.0 / often2[x] for x in content2.tolist())
        over, over2, copied = overlap(content, p), overlap(content2, p2), overlap(p, content)
        log = np.log1p
        counts = [log(n), log(n) ** 2 / 5, distinct / (n + 1), over / (n + 1), log(over), log(distinct),
                  copied / (np_ + 1), log(n) - log(np_), over2 / (n + 1), log(over2), distinct2 / (n + 1)]
        return (np.concatenate([index, self.table + np.arange(COUNTS)]),
                np.concatenate([np.log2(1 + times), counts]))

    def difference(self, pair):
        (i, v), (j, w) = self.one(pair.chosen, pair.prompt), self.one(pair.rejected, pair.prompt)
        index, inverse = np.unique(np.concatenate([i, j]), return_inverse=True)
        value = np.bincount(inverse, np.concatenate([v, -w]))
        keep = np.abs(value) > 1e-9
        return index[keep], value[keep].astype(np.float32)


class Bags:
    """Sparse rows times a dense table."""

    def __init__(self, rows):
        self.index = torch.from_numpy(np.concatenate([r[0] for r in rows]))
        self.value = torch.from_numpy(np.concatenate([r[1] for r in rows]).astype(np.float32))
        self.offset = torch.from_numpy(np.cumsum([0] + [len(r[0]) for r in rows[:-1]]))

    def compact(self):
        used, self.index = torch.unique(self.index, return_inverse=True)
        return used

    def __call__(self, table):
        return F.embedding_bag(self.index, table, self.offset, mode="sum", per_sample_weights=self.value)


def minimise(parameters, loss, steps):
    optimiser = torch.optim.LBFGS(parameters, max_iter=steps, history_size=8, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value
    optimiser.step(closure)


def balance(domains, power):
    n = np.bincount(domains, minlength=len(data.TRAINED)).astype(float)
    return torch.from_numpy((n.mean() / np.maximum(n, 1)) ** power)[torch.from_numpy(domains)].float()


def fit_linear(rows, domains, gate, features, l2, power, steps=40, loose=9.0):
    """Expert 0 is shared, the others weighed by the gate. The counts' L2 is `loose` times weaker than the n-grams'.
    Returns the table [size, experts]."""
    bags = Bags(rows)
    used = bags.compact()
    gate = torch.cat([torch.ones(len(rows), 1), gate], 1)
    strength = torch.where(used >= features.table, l2 / loose, l2)[:, None]
    table = torch.zeros(len(used), gate.shape[1], requires_grad=True)
    weight = balance(domains, power)
    minimise([table], lambda: (F.softplus(-(bags(table) * gate).sum(1)) * weight).sum() + (strength * table * table).sum(), steps)
    out = torch.zeros(features.size, gate.shape[1])
    out[used] = table.detach()
    return out


def prompt_row(features, prompt):
    index, times = np.unique(features.grams(prompt), return_counts=True)
    return index, times / np.sqrt(len(prompt))


def fit_gate(prompts, domains, features, l2=0.03, steps=60):
    bags, target = Bags([prompt_row(features, p) for p in prompts]), torch.from_numpy(domains)
    table = torch.zeros(features.table, len(data.TRAINED), requires_grad=True)
    bias = torch.zeros(len(data.TRAINED), requires_grad=True)
    weight = balance(domains, 0.5)
    minimise([table, bias], lambda: (F.cross_entropy(bags(table) + bias, target, reduction="none") * weight).sum() + l2 * (table * table).sum(), steps)
    return table.detach(), bias.detach()


def gate_of(prompts, gate, features):
    return torch.softmax(Bags([prompt_row(features, x) for x in prompts])(gate[0]) + gate[1], 1)


def margins(rows, probability, table):
    s = Bags(rows)(table)
    return s[:, 0] + (s[:, 1:] * probability).sum(1)


def fit_both(pairs, rows, features, l2, power, truth):
    """The gate, and the linear part trained under it: each pair's gate comes from a gate that has not seen its prompt
    (3 parts), mixed with `truth` parts of its real set."""
    domains = np.array([p.domain for p in pairs])
    part = np.array([int(hashlib.sha256(p.prompt.tobytes()).hexdigest(), 16) % 3 for p in pairs])
    probability = torch.zeros(len(pairs), len(data.TRAINED))
    for k in range(3):
        gate = fit_gate(*unique_prompts([p for p, x in zip(pairs, part) if x != k]), features)
        at = np.where(part == k)[0]
        probability[at] = gate_of([pairs[i].prompt for i in at], gate, features)
    probability = (1 - truth) * probability + truth * F.one_hot(torch.from_numpy(domains), len(data.TRAINED)).float()
    return fit_gate(*unique_prompts(pairs), features), fit_linear(rows, domains, probability, features, l2, power)


def report(margin, domains):
    acc = [100 * float((margin[domains == d] > 0).float().mean()) for d in range(len(data.TRAINED))]
    goal = [acc[data.TRAINED.index(n)] for n in data.GOAL]
    return " ".join(f"{n} {a:.1f}" for n, a in zip(data.TRAINED, acc)) + f" | mean {np.mean(goal):.2f}"


def unique_prompts(pairs):
    seen = {}
    for p in pairs:
        seen.setdefault((p.domain, p.prompt.tobytes()), p)
    return [p.prompt for p in seen.values()], np.array([p.domain for p in seen.values()])


def out_of_fold(pairs, rows, features, a, count=FOLDS):
    """Margins of the linear part for pairs of prompts it has not seen; nan where the fold was left out."""
    fold, domains = np.array([p.fold for p in pairs]), np.array([p.domain for p in pairs])
    total = torch.full((len(pairs),), float("nan"))
    for k in range(count):
        t = time.time()
        inside, outside = np.where(fold != k)[0], np.where(fold == k)[0]
        gate, table = fit_both([pairs[i] for i in inside], [rows[i] for i in inside], features, a.l2, a.power, a.truth)
        p = gate_of([pairs[i].prompt for i in outside], gate, features)
        total[outside] = margins([rows[i] for i in outside], p, table)
        right = p.argmax(1).numpy() == domains[outside]
        print(f"fold {k}: gate right", [round(100 * right[domains[outside] == d].mean(), 1) for d in range(len(data.TRAINED))],
              report(total[outside], domains[outside]), f"{time.time() - t:.0f} s", flush=True)
    return total


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out")
    arguments.add_argument("--l2", type=float, default=10.0)
    arguments.add_argument("--power", type=float, default=0.5)
    arguments.add_argument("--truth", type=float, default=0.5)
    arguments.add_argument("--folds", type=int, default=0)
    arguments.add_argument("--steps", type=int, default=600)
    arguments.add_argument("--threads", type=int, default=1)
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(data.HERE, "tokenizer.model"))
    pairs = read_pairs(sp)
    features = Features(sp.get_piece_size(), pairs)
    rows = [features.difference(p) for p in pairs]
    domains = np.array([p.domain for p in pairs])
    print(len(pairs), "training pairs", flush=True)
    os.makedirs(a.out, exist_ok=True)

    if a.folds:
        total = out_of_fold(pairs, rows, features, a, a.folds)
        seen = ~total.isnan().numpy()
        print("all:", report(total[seen], domains[seen]))
        torch.save(total, os.path.join(a.out, "out-of-fold.pt"))
        return

    trust = 1.0
    module = RmMini(features.vocabulary, features.table - features.vocabulary, SLOTS, 1 + len(data.TRAINED), COUNTS)
    module.slot_key.copy_(torch.from_numpy(features.slot_key))
    module.slot_row.copy_(torch.from_numpy(features.slot_row))
    if a.steps:
        path = os.path.join(a.out, "out-of-fold.pt")
        unseen = torch.load(path) if os.path.exists(path) else out_of_fold(pairs, rows, features, a)
        trust = calibrate(unseen, domains)
        fit_transformer(module, pairs, trust * unseen, a.steps)
    module.eval()
    gate, table = fit_both(pairs, rows, features, a.l2, a.power, a.truth)
    table *= trust
    with torch.no_grad():
        module.ngrams.zero_()[:features.table] = table[:features.table]
        module.counts.copy_(table[features.table:])
        module.gate.zero_()[:features.table] = gate[0]
        module.gate_bias.copy_(gate[1])
    check(module, pairs, rows, table, gate, features)
    torch.save(module.state_dict(), os.path.join(a.out, "state.pt"))


def calibrate(margin, domains):
    """The factor by which to believe the linear part's margins for prompts it has not seen: the least log loss."""
    weight = balance(domains, 1.0)
    factor = min((k / 50 for k in range(1, 51)), key=lambda k: float((F.softplus(-k * margin) * weight).sum()))
    print("linear part scaled by", factor)
    return factor


def cut(pair, side):
    """What the transformer is trained on: the prompt's end and, of a long response, its beginning and end."""
    turn = getattr(pair, side)
    return np.concatenate([pair.prompt[-48:], turn if len(turn) <= 144 else np.concatenate([turn[:112], turn[-32:]])])


def batch(pairs):
    rows = [cut(p, "chosen") for p in pairs] + [cut(p, "rejected") for p in pairs]
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    mask = torch.zeros_like(ids)
    for i, r in enumerate(rows):
        ids[i, :len(r)] = torch.from_numpy(r)
        mask[i, :len(r)] = 1
    return ids, mask


def difference_of(module, pairs):
    y = module.transformer(*batch(pairs))[:, 0]
    return y[:len(pairs)] - y[len(pairs):]


def fit_transformer(module, pairs, offset, steps, rate=1e-3, size=32, cap=2500):
    """Bradley-Terry on top of `offset`, what the linear part says of prompts it has not seen. Trained on folds 1-4;
    fold 0 picks the checkpoint and the scale of the head, by log loss with every set weighed the same."""
    rng = np.random.default_rng(0)
    fold, domains = np.array([p.fold for p in pairs]), np.array([p.domain for p in pairs])
    length = np.array([max(len(cut(p, "chosen")), len(cut(p, "rejected"))) for p in pairs])
    sets = range(len(data.TRAINED))
    held = np.concatenate([rng.permutation(np.where((fold == 0) & (domains == d))[0])[:350] for d in sets])
    held = held[np.argsort(length[held])]
    share = balance(domains[held], 1.0)
    share /= share.sum()
    weights = [p for n, p in module.named_parameters() if n.split(".")[0] in ("embedding", "part", "layers", "norm", "head")]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.05)
    print("held out, linear alone:", f"{float((F.softplus(-offset[held]) * share).sum()):.4f}", report(offset[held], domains[held]), flush=True)
    best, state, done, total, t = None, None, 0, 0.0, time.time()
    module.train()
    while done < steps:
        order = rng.permutation(np.concatenate([rng.permutation(np.where((fold != 0) & (domains == d))[0])[:cap] for d in sets]))
        chunks = []
        for i in range(0, len(order), 16 * size):
            part = order[i:i + 16 * size]
            part = part[np.argsort(length[part])]
            chunks += [part[j:j + size] for j in range(0, len(part), size)]
        rng.shuffle(chunks)
        for chunk in chunks[:steps - done]:
            for g in optimiser.param_groups:
                g["lr"] = rate * min(1, (done + 1) / 50) * (1 - done / steps)
            loss = F.softplus(-(difference_of(module, [pairs[i] for i in chunk]) + offset[chunk])).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            done, total = done + 1, total + loss.item()
            if done % 100 == 0 or done == steps:
                module.eval()
                with torch.no_grad():
                    y = torch.cat([difference_of(module, [pairs[i] for i in held[j:j + size]]) for j in range(0, len(held), size)])
                module.train()
                losses = {k: float((F.softplus(-(k * y + offset[held])) * share).sum()) for k in (0.1, 0.25, 0.5, 0.75, 1.0)}
                scale = min(losses, key=losses.get)
                print(done, f"{time.time() - t:.0f} s, loss {total / 100:.4f}, held out {losses[scale]:.4f} at scale {scale}",
                      report(scale * y + offset[held], domains[held]), "| alone", report(y, domains[held]), flush=True)
                total = 0.0
                if best is None or losses[scale] < best:
                    best = losses[scale]
                    state = {k: v.clone() for k, v in module.state_dict().items()}
                    state["head.weight"] *= scale
    module.load_state_dict(state)
    module.eval()


def linear_score(module, ids):
    ids = torch.from_numpy(ids)[None]
    with torch.no_grad():
        return float(module.gated(ids, torch.ones_like(ids)))


def check(module, pairs, rows, table, gate, features):
    """The module must compute what the linear part was trained on."""
    worst = 0.0
    for i in range(0, len(pairs), len(pairs) // 40):
        p = pairs[i]
        got = [linear_score(module, np.concatenate([p.prompt, x])) for x in (p.chosen, p.rejected)]
        want = float(margins([rows[i]], gate_of([p.prompt], gate, features), table))
        worst = max(worst, abs(got[0] - got[1] - want))
    print("module against features:", worst)
    assert worst < 1e-3


if __name__ == "__main__":
    main()
