"""Trains the learned reading; see README.md. train.py TEXTS [--measure [SOURCE...]]"""
import json
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np

from features import Rows, grams, listed, looks, openers, related, terms, LOOKS, TERMS
from fit import fit
from texts import ANNOUNCES, ATTACKS, OF_JUDGES, Text, read

HERE = Path(__file__).parent
GOLDENS = HERE.parents[3] / "tests/Gateway.Core.Tests/Goldens/learned-readings.json"
FOUND_BITS, NAMED_BITS = 18, 13
PENALTY, NAMED_PENALTY, ATTACK_WEIGHT, HAND_MADE_WEIGHT = 0.03, 1.0, 4.0, 20.0
# The words of these are an attack's, and what they are asked tells them apart.
ASKED_FOR, ASKED_FOR_WEIGHT = "asked-for-genre", 4.0
# Of short real responses and of parts of long ones, and of others' answers, how many each head may flag.
RATES, RATE_OF_MORE = (0.0045, 0.004, 0.01), 0.012
EMBEDDED = 2
LEFT_OUT = ("hand-j", "hand-k", "hand-l", "hand-m", "hand-n", "hand-o", "hand-p", "hand-q", "hand-r", "hand-s", "hand-t", "hand-u", "hand-v", "hand-w", "seen-c", "seen-d")
BESIDE, HARD_CASES_LEFT_OUT = ("honest-beside-attacks", ASKED_FOR), 6
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
        self.sources = np.array([text.source or text.part for text in self.all])
        self.languages = np.array([text.language for text in self.all])
        self.kinds = np.array([text.id.split("/")[0] for text in self.all])
        self.of_judges = np.array([text.of_judges for text in self.all])
        self.half = np.array([text.half for text in self.all])
        self.may_train = np.array([text.may_train for text in self.all])
        self.is_answer = np.array([bool(text.prompt) for text in self.all])
        words, of_terms = grams([text.folded for text in self.all]), terms([[hit[2] for hit in text.terms] for text in self.all])
        relation = related([text.folded for text in self.whole], [text.prompt for text in self.whole], FOUND_BITS)
        self.named = Rows.of(len(self.all), [words, of_terms], NAMED_BITS)
        look = listed([looks(text.folded) for text in self.whole], LOOKS)
        opener = listed([openers(text.folded, text.openers) for text in self.whole], TERMS)
        self.rows = Rows.of(len(self.all), [words, of_terms, relation, look, opener], FOUND_BITS)

    def without(self, source):
        """Which texts may be learned from where a source is left out, with the honest answers beside it and some of the hard cases; and which honest ones are left out."""
        kept = self.parts != source if source in ATTACKS else self.sources != source
        beside = np.isin(self.kinds, BESIDE) & np.isin(self.languages, np.unique(self.languages[~kept]))
        hard = (self.parts == "genuine") & ~np.isin(self.kinds, BESIDE) & (np.array([zlib.crc32(text.id.encode()) for text in self.all]) % HARD_CASES_LEFT_OUT == 0)
        return kept & ~beside & ~hard, beside, hard


def embedded(attack, honest, rng):
    """The attack within an honest text, as the parts that are read of it."""
    words = [at for at, one in enumerate(honest.folded) if one == 32] or [0]
    at = int(rng.choice([words[len(words) // 2], len(honest.folded)]))
    text = Text(
        attack.part, attack.id, attack.language, honest.folded[:at] + b"\n" + attack.folded + b"\n" + honest.folded[at:],
        sorted([hit for hit in honest.terms if hit[1] <= at]
               + [[a + at + 1, e + at + 1, c] for a, e, c in attack.terms]
               + [[a + len(attack.folded) + 2, e + len(attack.folded) + 2, c] for a, e, c in honest.terms if a >= at]), rules=attack.rules)
    for part in text.parts():
        if any(part.folded[i:i + 20] in attack.folded for i in range(0, len(part.folded), 20)) and attack.folded[:30] in part.folded + b" ":
            yield part


def learn(corpus, attacks, kept):
    """Weights of one head."""
    rows = corpus.rows
    is_honest = np.isin(corpus.parts, ["prompt", "genuine"]) | np.isin(corpus.parts, ["real", "more"]) & (corpus.half == 0) & corpus.may_train
    of = np.flatnonzero((attacks | is_honest) & kept & (rows.counts > 0))
    of_honest = np.where(corpus.parts[of] == "genuine", np.where(corpus.kinds[of] == ASKED_FOR, ASKED_FOR_WEIGHT, HAND_MADE_WEIGHT), 1.0)
    weight = np.where(attacks[of], ATTACK_WEIGHT, of_honest)
    return fit(rows.take(of), attacks[of], weight, PENALTY)


def name(corpus, kept):
    """Weights that tell whose rule an attack is."""
    of = np.flatnonzero(kept & corpus.of_judges)
    rows = corpus.named.take(of)
    return [fit(rows, np.array([rule in corpus.all[i].rules for i in of]), np.ones(len(of)), NAMED_PENALTY, bias=False)[0] for rule in OF_JUDGES]


def quantised(weights):
    scale = 127 / np.quantile(np.abs(weights), 0.9999)
    return np.clip(np.round(weights * scale), -127, 127).astype(np.int8), scale


class Heads:
    """Both heads that find, learned from what is kept."""

    def __init__(self, corpus, kept):
        self.announces = (corpus.families == ANNOUNCES) & ~corpus.is_part
        self.weights, self.scales, self.biases, self.scores = [], [], [], []
        rows = corpus.rows
        for attacks in (self.announces, corpus.of_judges):
            weights, bias = learn(corpus, attacks, kept)
            whole, scale = quantised(weights)
            self.weights.append(whole)
            self.scales.append(scale)
            self.biases.append(bias)
            self.scores.append(rows.sums(whole.astype(np.int64)) / np.sqrt(np.maximum(1, rows.counts)) / scale + bias)
        real = (corpus.parts == "real") & (corpus.half == 1)
        more = (corpus.parts == "more") & (corpus.half == 1) & corpus.may_train & corpus.is_answer & ~corpus.is_part
        self.measured = [real & ~corpus.is_part, real & ~corpus.is_part, real & corpus.is_part]
        self.thresholds = [np.quantile(self.scores[head][honest], 1 - rate) for head, honest, rate in zip((0, 1, 1), self.measured, RATES)]
        for head in (0, 1):
            self.thresholds[head] = max(self.thresholds[head], np.quantile(self.scores[head][more], 1 - RATE_OF_MORE))
        self.named = name(corpus, kept)

    def named_rule(self, corpus, of):
        return [OF_JUDGES[i] for i in np.argmax([corpus.named.take(of).sums(weights) for weights in self.named], axis=0)]


def measure(corpus, sources):
    """What is found of each source by what was learned without it, and what is flagged of the honest answers beside it."""
    results = {}
    for source in sources:
        kept, beside, hard = corpus.without(source)
        heads = Heads(corpus, kept)
        of = np.flatnonzero(~kept & np.isin(corpus.parts, ATTACKS) & ~corpus.is_part)
        for i, rule in zip(of, heads.named_rule(corpus, of)):
            text = corpus.all[i]
            announces = heads.scores[0][i] > heads.thresholds[0] and "content-free" in text.rules
            judged = heads.scores[1][i] > heads.thresholds[1] and rule in text.rules
            results[text.id] = bool(announces or judged)
        parts = np.flatnonzero(~kept & np.isin(corpus.parts, ATTACKS) & corpus.is_part)
        say(f"{source}: parts of long texts with an attack {len(parts)}, found {np.mean(heads.scores[1][parts] > heads.thresholds[2]):.3f}; {rates(corpus, heads, beside, hard)}")
        table(source, [corpus.all[i] for i in of], results)
    table("all", [text for text in corpus.whole if text.id in results], results)


def rates(corpus, heads, beside=None, hard=None):
    texts = []
    of_parts = [(f"{part}/{half}", (corpus.parts == part) & (corpus.half == half)) for part in ("real", "more") for half in (0, 1)]
    of_parts += [("more answers/1", (corpus.parts == "more") & (corpus.half == 1) & corpus.is_answer & corpus.may_train)]
    of_parts += [("genuine", corpus.parts == "genuine")] if beside is None else [("beside", beside), ("hard cases", hard)]
    for part, of in of_parts:
        flags = [heads.scores[head][of & (corpus.is_part == is_part)] > limit for head, limit, is_part in zip((0, 1, 1), heads.thresholds, (False, False, True))]
        texts.append(f"{part} " + " ".join(f"{100 * flag.mean():.2f}" if len(flag) else "-" for flag in flags))
    return "; ".join(texts)


def table(source, texts, results):
    def line(of):
        known, learned, both = sum(t.found for t in of), sum(results[t.id] for t in of), sum(t.found or results[t.id] for t in of)
        return f"{len(of):5} rules {known:5} {100 * known / len(of):5.1f}  learned {100 * learned / len(of):5.1f}  both {both:5} {100 * both / len(of):5.1f}"

    open_language = {ANNOUNCES, *OF_JUDGES, "fake-turn"}
    for family in sorted(open_language & {text.family for text in texts}):
        print(f"{source:9} {family:25} {line([text for text in texts if text.family == family])}")
    for label, is_english in (("English", True), ("other languages", False)):
        of = [text for text in texts if text.family in open_language and (text.language == "en") == is_english]
        if of:
            print(f"{source:9} {label:25} {line(of)}", flush=True)


def write(corpus):
    heads = Heads(corpus, np.ones(len(corpus.all), bool))
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
                    "id": text.id, "folded": text.folded.decode(), "prompt": text.prompt.decode(), "classes": sorted({hit[2] for hit in text.terms}),
                    "announces": int(corpus.rows.take(of).sums(heads.weights[0].astype(np.int64))[0]),
                    "attacks": int(corpus.rows.take(of).sums(heads.weights[1].astype(np.int64))[0]), "features": int(corpus.rows.counts[i]),
                    "named": OF_JUDGES[int(np.argmax([corpus.named.take(of).sums(one.astype(np.int64))[0] for one in named]))]})
    GOLDENS.write_text("[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    corpus = Corpus(read(sys.argv[1]))
    say(f"{len(corpus.whole)} short texts, {len(corpus.windows)} parts of {len(corpus.long)} long ones, {len(corpus.embedded)} parts with an attack")
    if "--measure" in sys.argv:
        measure(corpus, sys.argv[sys.argv.index("--measure") + 1:] or LEFT_OUT)
    else:
        write(corpus)
