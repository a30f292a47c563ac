"""The texts that the learned reading is trained and measured on, and the parts of long ones that it reads."""
import base64
import json
import zlib
from collections import Counter

from features import LONGEST, WORD

OF_JUDGES = ("fake-completion", "forged-verdict", "injected-instruction", "praise-the-grader")
ANNOUNCES = "content-free-paraphrase"
ATTACKS = ("tune", "held-out", "seen", "seen-b", "seen-c", "seen-d")
IGNORE, JUDGE, TOP, SELF, SCORE, PICK, PRAISE, MEETS, DONE, EXPERT, OUTPUT, RESET = 0, 3, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16
MODEL, ASSESS, LENIENT, PRETEND, PRESSURE, AUTHORITY = 20, 21, 22, 26, 27, 30
CUES = {JUDGE, TOP, SELF, PICK, MEETS, DONE, OUTPUT, RESET, LENIENT, PRETEND, SCORE}
CUES_OF_TWO = CUES | {IGNORE, MODEL, PRESSURE, ASSESS, PRAISE, EXPERT, AUTHORITY}
TOGETHER, AROUND, LONG_WORD = 120, 150, 30
# Sets of honest texts whose licences (Apache-2.0, MIT, BSD-3-Clause, CC-BY-4.0, CC0-1.0) allow weights under ours; the others are only measured on.
MAY_TRAIN = (
    "amqa", "arena-hard-greek", "bgquiz", "chatbot-data-ko", "chatterbot-corpus", "iapp-wiki-qa", "ja-vicuna-qa", "javascript-questions", "koziev-qa",
    "m-arena-hard", "mgsm", "msvamp", "mt-bench", "rakuda", "ru-llm-arena", "xcopa", "xpersona", "gaokao-bench", "huatuo", "tatoeba", "afriqa", "afrisenti", "udhr")
# Real responses that are only measured on: no licence, or kept for tests of others.
ONLY_MEASURED = ("judgebench-gpt4o", "rm-bench-part", "llmbar", "hhh-alignment", "evalbiasbench")
MOST_MORE = 300


class Text:
    def __init__(self, part, id, language, folded, terms=(), openers=(), rules=(), findings=(), prompt=b""):
        self.part, self.id, self.language, self.folded = part, id, language, folded
        self.terms, self.openers, self.rules = terms, openers, rules
        self.findings, self.prompt = findings, prompt
        self.family, self.source = (*id.split("/"), "")[:2] if part in ATTACKS else (part, "")
        self.set = id.split(":")[0]
        self.half = zlib.crc32(id.encode()) % 2
        self.is_short = len(folded) <= LONGEST

    @property
    def found(self):
        return any(not self.rules or rule in self.rules for rule, _, _ in self.findings)

    @property
    def flagged(self):
        return any(action != "Observed" and (not self.rules or rule in self.rules) for rule, action, _ in self.findings)

    @property
    def of_judges(self):
        """True for an attack that speaks to or for a judge."""
        return self.part in ATTACKS and (self.family in OF_JUDGES or self.family == "fake-turn" and any(rule in OF_JUDGES for rule in self.rules))

    @property
    def may_train(self):
        return any(name in self.set for name in MAY_TRAIN) if self.part == "more" else self.set not in ONLY_MEASURED

    def parts(self):
        """Around terms that are cues, and around two of different classes that stand together and one of which is a cue of two."""
        if self.is_short:
            return
        before, until = None, 0
        for hit in self.terms:
            at, end, meaning = hit
            near = before is not None and meaning != before[2] and at <= before[1] + TOGETHER
            if (meaning in CUES or near and (meaning in CUES_OF_TWO or before[2] in CUES_OF_TWO)) and at >= until:
                begin = word_at(self.folded, (before[0] if near else at) - AROUND)
                until = word_at(self.folded, end + AROUND)
                terms = [(a - begin, e - begin, c) for a, e, c in self.terms if a >= begin and e <= until]
                part = Text(self.part, self.id, self.language, self.folded[begin:until], terms, rules=self.rules)
                yield part
            before = hit


def word_at(text, at):
    at = max(0, min(at, len(text)))
    for space in range(at, min(len(text), at + LONG_WORD)):
        if not WORD[text[space]]:
            return space
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at += 1
    return at


def read(path):
    """All texts of a file that the test LearnedTexts wrote, and the prompts of the corpus, which are honest texts in its languages."""
    texts, prompts, short, long = [], {}, Counter(), Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            text = Text(
                row["part"], row["id"], row["language"], base64.b64decode(row["folded"]), row["terms"], row["openers"], row["rules"],
                [finding for finding in row["findings"] if not finding[2].startswith("reads like")], base64.b64decode(row["prompt"]))
            if text.part == "more":
                of = short if text.is_short else long
                of[text.set, text.half] += 1
                if of[text.set, text.half] > (MOST_MORE if text.is_short else MOST_MORE // 4):
                    continue
            texts.append(text)
            if text.part in (*ATTACKS, "genuine"):
                prompts.setdefault(base64.b64decode(row["prompt"]), text.language)
    return texts + [Text("prompt", f"prompt:{i}", language, prompt) for i, (prompt, language) in enumerate(prompts.items()) if len(prompt) <= LONGEST]
