"""Trains the learned reading; see README.md. train.py TEXTS [--measure]"""
import json
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np

from features import Rows, U, grams, listed, looks, openers, terms, LOOKS, TERMS
from fit import fit
from texts import ANNOUNCES, ATTACKS, OF_JUDGES, Text, read

HERE = Path(__file__).parent
GOLDENS = HERE.parents[3] / "tests/Gateway.Core.Tests/Goldens/learned-readings.json"
FOUND_BITS, NAMED_BITS = 15, 13
PENALTY, NAMED_PENALTY, ATTACK_WEIGHT = 0.1, 1.0, 4.0
BASE, MINED, ROUNDS, FOLDS = 6000, 2500, 3, 6
RATES = (0.003, 0.004, 0.01)
EMBEDDED = 2
began = time.time()


def say(text):
    print(f"{time.time() - began:5.0f} s  {text}", flush=True)


class Corpus:
    """The texts, and the rows of what each head sees of them."""

    def __init__(self, texts):
        self.whole = [text for text in texts if text.is_short]
        self.long = [text for text in texts if not text.is_short]
        self.windows = [part for text in self.long for part in text.parts()]
        rng = np.random.default_rng(1)
        honest = [text for text in self.long if text.part in ("real", "more") and text.half == 0 and text.may_train]
        attacks = [text for text in self.whole if text.of_judges]
        self.embedded = [part for attack in attacks for _ in range(EMBEDDED) for part in embedded(attack, honest[rng.integers(len(honest))], rng)]
        self.all = self.whole + self.windows + self.embedded
        self.is_part = np.arange(len(self.all)) >= len(self.whole)
        self.parts = np.array([text.part for text in self.all])
        self.families = np.array([text.family for text in self.all])
        self.of_judges = np.array([text.of_judges for text in self.all])
        self.half = np.array([text.half for text in self.all])
        self.may_train = np.array([text.may_train for text in self.all])
        self.fold = np.array([fold_of(text) for text in self.all])
        words, of_terms = grams([text.folded for text in self.all]), terms([[hit[2] for hit in text.terms] for text in self.all])
        self.judged = Rows.of(len(self.all), [words, of_terms], FOUND_BITS)
        self.named = Rows.of(len(self.all), [words, of_terms], NAMED_BITS)
        look = listed([looks(text.folded) for text in self.whole], LOOKS)
        opener = listed([openers(text.folded, text.openers) for text in self.whole], TERMS)
        self.announcing = Rows.of(len(self.all), [words, of_terms, look, opener], FOUND_BITS)


# A source is wholly in one fold: an attack is measured by what was learned from others' attacks.
def fold_of(text):
    if text.part not in ATTACKS:
        return zlib.crc32(text.id.encode()) % FOLDS
    return text.source_fold


def embedded(attack, honest, rng):
    """The attack within an honest text, as the parts that are read of it."""
    words = [at for at, one in enumerate(honest.folded) if one == 32] or [0]
    at = int(rng.choice([words[len(words) // 2], len(honest.folded)]))
    text = Text(
        attack.part, attack.id, attack.language, honest.folded[:at] + b"\n" + attack.folded + b"\n" + honest.folded[at:],
        sorted([hit for hit in honest.terms if hit[1] <= at]
               + [[a + at + 1, e + at + 1, c] for a, e, c in attack.terms]
               + [[a + len(attack.folded) + 2, e + len(attack.folded) + 2, c] for a, e, c in honest.terms if a >= at]), rules=attack.rules)
    text.source_fold = attack.source_fold
    for part in text.parts():
        if any(part.folded[i:i + 20] in attack.folded for i in range(0, len(part.folded), 20)) and attack.folded[:30] in part.folded + b" ":
            yield part


def spread(texts):
    """Sources over folds, the largest first, each to the smallest fold."""
    sizes = {}
    for text in texts:
        if text.part in ATTACKS:
            sizes[text.source] = sizes.get(text.source, 0) + 1
    folds, of = [0] * FOLDS, {}
    for source, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        of[source] = int(np.argmin(folds))
        folds[of[source]] += size
    for text in texts:
        if text.part in ATTACKS:
            text.source_fold = of[text.source]


def learn(corpus, rows, attacks, held, seed):
    """Weights of one head without the fold that is held out; -1 holds out none."""
    rng = np.random.default_rng(seed)
    kept = corpus.fold != held
    yes = np.flatnonzero(attacks & kept)
    always = np.flatnonzero(np.isin(corpus.parts, ["prompt", "genuine"]) & kept & (rows.counts > 0))
    pool = np.flatnonzero(np.isin(corpus.parts, ["real", "more"]) & (corpus.half == 0) & corpus.may_train & (rows.counts > 0))
    base = [rng.choice(pool[corpus.parts[pool] == part], BASE, replace=False) for part in ("real", "more")]
    no = np.unique(np.concatenate([always, *base]))
    for _ in range(ROUNDS):
        of = np.concatenate([yes, no])
        is_yes = np.arange(len(of)) < len(yes)
        weights, bias = fit(rows.take(of), is_yes, np.where(is_yes, ATTACK_WEIGHT, 1.0), PENALTY)
        scores = rows.sums(weights) / np.sqrt(np.maximum(1, rows.counts)) + bias
        no = np.unique(np.concatenate([no, pool[np.argsort(-scores[pool])[:MINED]]]))
    return weights, bias, scores


def name(corpus, held):
    """Weights that tell whose rule an attack is."""
    of = np.flatnonzero((corpus.fold != held) & corpus.of_judges)
    rows = corpus.named.take(of)
    return [fit(rows, np.array([rule in corpus.all[i].rules for i in of]), np.ones(len(of)), NAMED_PENALTY, bias=False)[0] for rule in OF_JUDGES]


def quantised(weights):
    scale = 127 / np.quantile(np.abs(weights), 0.9999)
    return np.clip(np.round(weights * scale), -127, 127).astype(np.int8), scale


def threshold(scores, honest, rate):
    return float(np.quantile(scores[honest], 1 - rate))


class Heads:
    """Both heads that find, learned without a fold."""

    def __init__(self, corpus, held):
        self.judges = corpus.of_judges
        self.announces = (corpus.families == ANNOUNCES) & ~corpus.is_part
        self.weights, self.scales, self.biases, self.scores = [], [], [], []
        for rows, attacks in ((corpus.announcing, self.announces), (corpus.judged, self.judges)):
            weights, bias, _ = learn(corpus, rows, attacks, held, seed=held + 1)
            whole, scale = quantised(weights)
            self.weights.append(whole)
            self.scales.append(scale)
            self.biases.append(bias)
            self.scores.append(rows.sums(whole.astype(np.int64)) / np.sqrt(np.maximum(1, rows.counts)) / scale + bias)
        measured = (corpus.parts == "real") & (corpus.half == 1)
        self.measured = [measured & ~corpus.is_part, measured & ~corpus.is_part, measured & corpus.is_part]
        self.thresholds = [threshold(self.scores[head], honest, rate) for head, honest, rate in zip((0, 1, 1), self.measured, RATES)]
        self.named = name(corpus, held)

    def named_rule(self, corpus, of):
        return [OF_JUDGES[i] for i in np.argmax([corpus.named.take(of).sums(weights) for weights in self.named], axis=0)]


def measure(corpus):
    """What is found of each source by what was learned without it."""
    results = {}
    for held in range(FOLDS):
        heads = Heads(corpus, held)
        of = np.flatnonzero((corpus.fold == held) & np.isin(corpus.parts, ATTACKS) & ~corpus.is_part)
        for i, rule in zip(of, heads.named_rule(corpus, of)):
            text = corpus.all[i]
            announces = heads.scores[0][i] > heads.thresholds[0] and "content-free" in text.rules
            judged = heads.scores[1][i] > heads.thresholds[1] and rule in text.rules
            results[text.id] = bool(announces or judged), heads.scores[0][i] - heads.thresholds[0], heads.scores[1][i] - heads.thresholds[1], rule
        parts = np.flatnonzero((corpus.fold == held) & np.isin(corpus.parts, ATTACKS) & corpus.is_part)
        say(f"fold {held}: parts of long texts with an attack {len(parts)}, found {np.mean(heads.scores[1][parts] > heads.thresholds[2]):.3f}; {rates(corpus, heads)}")
    table(corpus, results)
    return results


def rates(corpus, heads):
    texts = []
    for part in ("real", "more", "genuine", "prompt"):
        for halves in ((0, 1) if part in ("real", "more") else (None,)):
            of = (corpus.parts == part) & ((corpus.half == halves) if halves is not None else True)
            flags = [heads.scores[head][of & (corpus.is_part == is_part)] > limit for head, limit, is_part in zip((0, 1, 1), heads.thresholds, (False, False, True))]
            texts.append(f"{part}{'' if halves is None else '/' + str(halves)} " + " ".join(f"{100 * flag.mean():.2f}" if len(flag) else "-" for flag in flags))
    return "; ".join(texts)


def table(corpus, results):
    def line(of):
        known, learned, both = sum(t.found for t in of), sum(results[t.id][0] for t in of), sum(t.found or results[t.id][0] for t in of)
        return f"{len(of):5} rules {known:5} {100 * known / len(of):5.1f}  learned {100 * learned / len(of):5.1f}  both {both:5} {100 * both / len(of):5.1f}"

    texts = [text for text in corpus.whole if text.part in ATTACKS and text.id in results]
    for part in ("seen-b", "hand-h", "hand-i", "seen", "held-out", "tune"):
        of_part = [text for text in texts if text.part == part or text.source == part]
        for family in sorted({text.family for text in of_part} & {ANNOUNCES, *OF_JUDGES, "fake-turn", "homoglyph", "repetition"}):
            print(f"{part:9} {family:25} {line([text for text in of_part if text.family == family])}")


def write(corpus):
    heads = Heads(corpus, -1)
    say(rates(corpus, heads))
    limits = [round(16 * (limit - heads.biases[head]) * heads.scales[head]) for head, limit in zip((0, 1, 1), heads.thresholds)]
    rows = np.stack(heads.weights, axis=1).tobytes()
    (HERE / "found.bin").write_bytes(struct.pack("<iii3i", 2, FOUND_BITS, 3, *limits) + rows)
    scale = 127 / np.quantile(np.abs(heads.named), 0.9999)
    named = np.clip(np.round(np.array(heads.named) * scale), -127, 127).astype(np.int8)
    (HERE / "named.bin").write_bytes(struct.pack("<iii", 4, NAMED_BITS, 0) + named.T.copy().tobytes())
    goldens(corpus, heads, named)


def goldens(corpus, heads, named):
    """What the gateway's code must compute: sums and counts of some attacks and hard cases of every language."""
    seen, lines = set(), []
    for i, text in enumerate(corpus.whole):
        if text.part in (*ATTACKS, "genuine") and (text.part, text.family, text.language) not in seen and len(text.folded) <= 400:
            seen.add((text.part, text.family, text.language))
            if zlib.crc32(text.id.encode()) % 4 == 0:
                of = np.array([i])
                lines.append({
                    "id": text.id, "folded": text.folded.decode(), "classes": sorted({hit[2] for hit in text.terms}),
                    "announces": int(corpus.announcing.take(of).sums(heads.weights[0].astype(np.int64))[0]), "ofAnnounces": int(corpus.announcing.counts[i]),
                    "attacks": int(corpus.judged.take(of).sums(heads.weights[1].astype(np.int64))[0]), "ofAttacks": int(corpus.judged.counts[i]),
                    "named": OF_JUDGES[int(np.argmax([corpus.named.take(of).sums(one.astype(np.int64))[0] for one in named]))]})
    GOLDENS.write_text("[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    texts = read(sys.argv[1])
    spread(texts)
    corpus = Corpus(texts)
    say(f"{len(corpus.whole)} short texts, {len(corpus.windows)} parts of {len(corpus.long)} long ones, {len(corpus.embedded)} parts with an attack")
    if "--measure" in sys.argv:
        measure(corpus)
    else:
        write(corpus)
