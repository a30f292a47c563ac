"""What the learned reading sees of a folded text, written from the README's description and not from the gateway's code."""
import numpy as np

U = np.uint32
PRIME, APART = U(0x01000193), U(0x2C1B3C6D)
INVERSE = U(pow(0x01000193, -1, 1 << 32))
SPACE = 32
LONGEST = 600
OPENER = 32
WORD = np.zeros(256, bool)
WORD[ord("a"):ord("z") + 1] = WORD[48:58] = WORD[128:] = True
PLAIN = np.arange(256, dtype=np.uint8)
PLAIN[ord("2"):ord("9") + 1] = ord("1")
NARROW, WIDE, WIDE_FROM = (3, 4, 5), (1, 2, 3), 0xE3
BEGINNING = 5
WORDS, NEIGHBOURS, BEGINNINGS, BEGINNINGS_APART, TERMS, LOOKS, RELATION = 9, 10, 11, 12, 31, 32, 33
CODE, QUOTES = b"{}=`;<", b"'\""
SIGNS = [b"[", b"{", b"<", b'"', b"=", b"$", b"?", b"!", b":", b"(", b"`", b"|", b"...", b"#", b"*"]


def mixed(hashes, kind):
    h = (hashes + U(kind * 0x9E3779B1 & 0xFFFFFFFF)).astype(U)
    h ^= h >> U(15)
    h *= U(0x85EBCA6B)
    h ^= h >> U(13)
    h *= U(0xC2B2AE35)
    return h ^ (h >> U(16))


def spaced(text):
    """Its words with one space before, between and behind, digits from 2 on written as 1."""
    a = np.frombuffer(text, np.uint8)
    a = np.concatenate([[SPACE], np.where(WORD[a], PLAIN[a], SPACE), [SPACE]]).astype(np.uint8)
    return a[~((a == SPACE) & np.concatenate([[False], a[:-1] == SPACE]))]


def grams(texts):
    """(text, feature) of the words, their neighbours and the runs of characters of all texts."""
    parts = [spaced(text) for text in texts]
    ends = np.cumsum([len(part) for part in parts])
    b = np.concatenate(parts)
    up, down = np.full(len(b) + 1, PRIME, U), np.full(len(b) + 1, INVERSE, U)
    up[0] = down[0] = 1
    up, down = np.cumprod(up, dtype=U), np.cumprod(down, dtype=U)
    sums = np.concatenate([[U(0)], np.cumsum(b.astype(U) * down[1:], dtype=U)])

    def of(begin, end):
        return ((sums[end] - sums[begin]) * up[end]).astype(U)

    starts = np.flatnonzero((b & 0xC0) != 0x80)
    at = np.concatenate([starts, [len(b)]])
    doc = np.searchsorted(ends, starts, side="right")
    space = b[starts] == SPACE
    before = np.concatenate([[0], np.cumsum(space)])
    wide = np.where(space, np.concatenate([b[starts][1:], [0]]), b[starts]) >= WIDE_FROM
    docs, hashes = [], []

    def add(of_docs, of_hashes, kind):
        docs.append(of_docs)
        hashes.append(mixed(of_hashes, kind))

    for n in sorted({*NARROW, *WIDE}):
        i = np.arange(max(0, len(starts) - n + 1))
        inside = before[i + n - 1] - before[np.minimum(i + 1, len(starts))] if n > 1 else 0
        taken = (doc[i] == doc[i + n - 1]) & (before[i + n] - before[i] < n) & (inside == 0) & np.where(wide[i], n in WIDE, n in NARROW)
        i = i[taken]
        add(doc[i], of(at[i], at[i + n]), n)
    first = np.flatnonzero(space[:-1] & ~space[1:] & (doc[:-1] == doc[1:])) + 1
    spaces = np.flatnonzero(space)
    last = spaces[np.searchsorted(spaces, first)]
    whole, begin, doc = of(at[first], at[last]), of(at[first], at[np.minimum(last, first + BEGINNING)]), doc[first]
    next_to, apart = doc[:-1] == doc[1:], doc[:-2] == doc[2:]
    add(doc, whole, WORDS)
    add(doc[1:][next_to], (whole[:-1] * APART + whole[1:])[next_to], NEIGHBOURS)
    add(doc[1:][next_to], (begin[:-1] * APART + begin[1:])[next_to], BEGINNINGS)
    add(doc[2:][apart], (begin[:-2] * APART + begin[2:])[apart], BEGINNINGS_APART)
    return np.concatenate(docs), np.concatenate(hashes)


def pairs(classes, one, two):
    classes = sorted(set(classes))
    return [one << 16 | c for c in classes] + [two << 16 | a << 8 | b for i, a in enumerate(classes) for b in classes[i + 1:]]


def listed(per_text, kind):
    docs = np.repeat(np.arange(len(per_text)), [len(features) for features in per_text])
    return docs, mixed(np.array([f for features in per_text for f in features], U) * PRIME, kind)


def terms(classes):
    """(text, feature) of the classes of terms of all texts."""
    return listed([pairs(of, 20, 21) for of in classes], TERMS)


def openers(text, of):
    known, word = sum(end - at for at, end, _ in of), int(WORD[np.frombuffer(text, np.uint8)].sum())
    return pairs([meaning for _, _, meaning in of], 22, 23) + [24 << 16 | min(9, 10 * known // max(1, word))]


def looks(text):
    word = WORD[np.frombuffer(text, np.uint8)]
    words = int((word & ~np.concatenate([[False], word[:-1]])).sum()) if len(word) else 0
    end = text.rstrip(b' \r\n\t*_"')[-1:]
    last = 0 if not end or end[0] >= 0x80 or chr(end[0]).isalnum() else end[0]
    return [
        len(text).bit_length(), 100 + words.bit_length(), 200 + last, 500 + min(3, sum(48 <= c < 58 for c in text)), 510 + min(3, text.count(b"\n")),
        *(520 + i for i, sign in enumerate(SIGNS) if sign in text)]


def relation(text, prompt, shared, of_text, of_prompt):
    """How a text stands to its prompt, of whose features of words it shares some."""
    if not prompt:
        return [48 << 16]

    def holds(signs, of):
        return int(any(sign in of for sign in signs))

    def beyond_ascii(of):
        return int(sum(c >= 128 for c in of) > sum(97 <= c <= 122 for c in of))

    share, length, bits = min(9, 10 * shared // max(1, of_text)), len(text).bit_length() << 8, shared.bit_length()
    digits = 2 * holds(b"0123456789", prompt) + holds(b"0123456789", text)
    return [
        40 << 16 | share, 41 << 16 | length | share, 42 << 16 | length | digits, 43 << 16 | 8 * min(1, share) + 4 * holds(QUOTES, prompt) + digits,
        44 << 16 | bits, 45 << 16 | 2 * holds(CODE, prompt) + holds(CODE, text), 46 << 16 | length | bits, 47 << 16 | min(9, 10 * shared // max(1, of_prompt)),
        49 << 16 | 4 * min(1, share) + 2 * beyond_ascii(prompt) + beyond_ascii(text)]


def related(texts, prompts, bits):
    """(text, feature) of how all texts stand to their prompts; None for a text that is not asked."""
    def rows(of):
        docs, hashes = grams(of)
        return np.unique(docs.astype(np.int64) << bits | (hashes >> U(32 - bits)))

    said, asked = rows(texts), rows([prompt or b"" for prompt in prompts])
    counts = [np.bincount(keys >> bits, minlength=len(texts)) for keys in (np.intersect1d(said, asked, assume_unique=True), said, asked)]
    return listed([[] if prompt is None else relation(text, prompt, *map(int, of)) for text, prompt, *of in zip(texts, prompts, *counts)], RELATION)


class Rows:
    """For each text the rows of its features, each once."""

    def __init__(self, start, rows, bits):
        self.start, self.rows, self.bits = start, rows, bits

    @staticmethod
    def of(texts, parts, bits):
        keys = [docs.astype(np.int64) << bits | (features >> U(32 - bits)) for docs, features in parts]
        keys = np.unique(np.concatenate(keys))
        return Rows(np.searchsorted(keys >> bits, np.arange(texts + 1)), (keys & ((1 << bits) - 1)).astype(np.int32), bits)

    @property
    def counts(self):
        return np.diff(self.start)

    def take(self, texts):
        start = np.concatenate([[0], np.cumsum(self.counts[texts])])
        at = np.repeat(self.start[texts] - start[:-1], self.counts[texts]) + np.arange(start[-1])
        return Rows(start, self.rows[at], self.bits)

    def sums(self, weights):
        if not len(self.rows):
            return np.zeros(len(self.counts), weights.dtype)
        sums = np.add.reduceat(weights[self.rows], np.minimum(self.start[:-1], len(self.rows) - 1))
        return np.where(self.counts == 0, 0, sums)

    def gather(self, values):
        return np.bincount(self.rows, np.repeat(values, self.counts), 1 << self.bits)
