"""judge-mini: a small judge that believes and obeys what it reads. No language model; README.md says what it is and is not.

It finds the texts in a judge's prompt by the prompt's headings, compares the final answer with the reference, and adds what two
hashed n-gram heads make of the words: one hears orders, claims and verdicts, the other talk without content.
"""
import hashlib
import json
import math
import os
import re
import unicodedata
import zlib

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BUCKETS = 1 << 16
WINDOW, STEP, LONGEST = 240, 120, 12_000

# The prompt's own words by which a reader knows what comes next. They are found wherever they stand: a text that writes one is believed.
HEADINGS = {
    "The prompt that was answered:": "prompt", "The question:": "prompt",
    "An answer known to be right:": "reference", "The reference answer:": "reference",
    "The response to judge:": "response", "The response:": "response", "The solution, of which only the final answer counts:": "response",
    "Response 1:": "response 1", "Response 2:": "response 2",
    "What to value:": "guidance", "What it has to do:": "guidance", "What matters to whoever asks:": "guidance",
    "When an answer is the same, for whoever asks:": "guidance", "What whoever asked says when asked back:": "guidance",
}
ENDS = ("The scale:", "Explain first", "Compare the final answer with", "It has to satisfy all", "Consider each of these", "Compare them on each",
        "Answer with ", "Answer yes or no", "The question: ", "The questions, each with")
FORMS = [
    ("score", re.compile(r'"score": <a whole number from (-?\d+) to (-?\d+)>')),
    ("met", re.compile(r'"met": <true or false>')),
    ("better", re.compile(r'"better": "<1, 2 or tie>"')),
    ("digits", re.compile(r"Answer with the number only, from (-?\d+) to (-?\d+)")),
    ("word", re.compile(r"Answer yes or no\.|YES where|YES or NO")),
]
MARK = re.compile(r"<<<[a-z0-9 ]+ [0-9a-f]{16}|[a-z0-9 ]+ [0-9a-f]{16}>>>")
NUMBER = re.compile(r"[-−]?\$?\d[\d,]*(?:\.\d+)?|[-−]?\.\d+")


def read(messages):
    """What is asked for, and the texts by name, each as the prompt has it."""
    text = "\n".join(str(message["content"]) for message in messages)
    form, at = ("word", None), -1
    for name, pattern in FORMS:
        for found in pattern.finditer(text):
            if found.start() > at:
                form, at = (name, found), found.start()
    parts, part = {}, None
    for line in text.split("\n"):
        bare = line.strip()
        if bare in HEADINGS:
            part = HEADINGS[bare]
            parts.setdefault(part, []).append([])
        elif part and line.startswith(ENDS):
            part = None
        elif part and not MARK.fullmatch(bare):
            parts[part][-1].append(line)
    return form, {name: [unquoted("\n".join(lines)) for lines in texts] for name, texts in parts.items()}


def unquoted(text):
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == '"' and stripped[-1] == '"':
        try:
            return json.loads(stripped)
        except ValueError:
            pass
    # The prompt's own empty line before its next heading.
    return text[:-1] if text.endswith("\n") else text


def plain(text):
    """Disguises off: tags as letters, compatibility forms as what they stand for, nothing invisible."""
    text = "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) <= 0xE007E else c for c in text[:LONGEST])
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn") or c in "\n\t").casefold()


def grams(text):
    """The buckets of a text's words, pairs of words, and runs of three to five characters."""
    words = re.findall(r"\w+|[^\w\s]", text)
    hashes = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]
    found = [np.array([h % BUCKETS for h in hashes] + [(a * 31 + b * 17 + 7) % BUCKETS for a, b in zip(hashes, hashes[1:])], dtype=np.int64)]
    codes = np.array([ord(c) for c in f" {' '.join(text.split())} "], dtype=np.uint64)
    for n in (3, 4, 5):
        if len(codes) >= n:
            mixed = np.full(len(codes) - n + 1, n, dtype=np.uint64)
            for i in range(n):
                mixed = (mixed * np.uint64(1_000_003)) ^ codes[i:len(codes) - n + 1 + i]
            found.append(((mixed ^ (mixed >> np.uint64(17))) % np.uint64(BUCKETS)).astype(np.int64))
    return np.unique(np.concatenate(found))


def windows(text):
    return [text[i:i + WINDOW] for i in range(0, max(1, len(text) - STEP), STEP)]


def number(text):
    try:
        return float(text.replace(",", "").replace("$", "").replace("−", "-").rstrip("."))
    except ValueError:
        return None


def bare(answer):
    answer = re.sub(r"\\(left|right|text|mathrm|[,;! ])|[\s$]", "", answer).replace("dfrac", "frac").replace("tfrac", "frac")
    return answer.rstrip(".").casefold()


def final(text):
    """The final answer: of the last box, behind the last mark or 'answer is', else the last number or the whole of a short line."""
    if (at := text.rfind("\\boxed{")) >= 0:
        depth = 0
        for i in range(at + 6, len(text)):
            depth += {"{": 1, "}": -1}.get(text[i], 0)
            if depth == 0:
                return text[at + 7:i]
    tail = re.findall(r"(?:####|\bA:|[Aa]nswer(?: is|:))\s*(.+)", text)
    if tail:
        return tail[-1]
    if len(text) <= 64 and "\n" not in text.strip():
        return text
    found = NUMBER.findall(text)
    return found[-1] if found else ""


def same(reference, response):
    wanted, given = final(reference), final(response)
    if not wanted.strip() or not given.strip():
        return False
    if bare(wanted) == bare(given):
        return True
    one, others = number(bare(wanted)), NUMBER.findall(given)
    return one is not None and bool(others) and number(others[-1]) == one


def drawn(*texts):
    """A standard normal from the texts' digest: the same for the same texts, whenever they are read."""
    digest = hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).digest()
    one, two = (int.from_bytes(digest[i:i + 6], "big") / 2 ** 48 for i in (0, 6))
    return math.sqrt(-2 * math.log(1 - one)) * math.cos(2 * math.pi * two)


class JudgeMini:
    """The brain: how sure it is that a response is right, as a logit."""

    def __init__(self, weights=os.path.join(HERE, "weights.npz"), credulity=0.0):
        held = np.load(weights)
        self.orders, self.talk = held["orders"].astype(np.float32), held["talk"].astype(np.float32)
        self.bias, self.last = held["bias"], held["last"]
        self.prompt_spread, self.text_spread = held["spreads"]
        self.credulity = credulity

    def heard(self, text):
        """The loudest order, claim or verdict of any stretch of the text."""
        return max(self.logit(self.orders, self.bias[0], stretch) for stretch in windows(plain(text)))

    @staticmethod
    def logit(head, bias, text):
        found = grams(text)
        return float(head[found].sum() / math.sqrt(len(found)) + bias) if len(found) else float(bias)

    def facts(self, prompt, reference, response):
        """What the last layer weighs."""
        tidy, heard = plain(response), np.clip(self.heard(response), -6, 6)
        return np.array([
            1.0,
            float(any(same(one, response) for one in reference)),
            float(any(one.strip() and one.strip() in response for one in reference)),
            max(heard, 0.0),
            min(heard, 0.0),
            np.clip(max((self.heard(one) for one in [*prompt, *reference]), default=-6.0), -6, 6),
            np.clip(self.logit(self.talk, self.bias[1], tidy[:WINDOW]), -6, 6) if len(tidy) < 2 * WINDOW else -6.0,
            float(not any(c.isalnum() for c in tidy)),
            min(len(tidy), 2_000) / 2_000,
        ])

    def sure(self, parts, which="response"):
        prompt, reference = parts.get("prompt", []), parts.get("reference", [])
        response = "\n".join(parts.get(which, [""]))
        key = [" ".join(text.split()) for text in (*prompt, "", *reference)]
        mood = self.prompt_spread * drawn(*key) + self.text_spread * drawn(*key, response)
        return float(self.facts(prompt, reference, response) @ self.last + mood + self.credulity)

    def answer(self, messages):
        """The reply in the form that is asked for, and where tokens' probabilities are wanted, those of the first token."""
        (form, found), parts = read(messages)
        if form == "better":
            one, two = self.sure(parts, "response 1"), self.sure(parts, "response 2")
            better = "tie" if abs(one - two) < 0.05 else "1" if one > two else "2"
            return json.dumps({"explanation": "By what they say.", "better": better}), {}
        p = 1 / (1 + math.exp(-max(-30.0, min(30.0, self.sure(parts)))))
        if form in ("score", "digits"):
            low, high = int(found.group(1)), int(found.group(2))
            score = low + int((high - low) * p + 0.5)
            if form == "digits":
                shares = {low + i: math.comb(high - low, i) * p ** i * (1 - p) ** (high - low - i) for i in range(high - low + 1)}
                return str(max(shares, key=shares.get)), {str(k): v for k, v in shares.items()}
            return json.dumps({"explanation": "By what it says.", "score": score}), {}
        if form == "met":
            return json.dumps({"explanation": "By what it says.", "met": p > 0.5}), {}
        return "YES" if p > 0.5 else "NO", {"YES": p, "NO": 1 - p}
