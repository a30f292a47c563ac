"""Reads the preference sets and turns rows into messages. Standard library only."""
import glob
import gzip
import json
import os
import re

# Sets of the pooled training data; their order is the order of the model's domain gate.
TRAINED = ["hh-helpful", "hh-harmless", "ukp-convincing", "pandalm", "gsm8k-solutions", "finegrained-qa"]
# The goal is the mean over these.
GOAL = ["hh-helpful", "hh-harmless", "ukp-convincing", "pandalm", "gsm8k-solutions"]
TEST_ONLY = ["llmbar", "hhh-alignment", "evalbiasbench"]
ALL = TRAINED + TEST_ONLY
HERE = os.path.dirname(os.path.abspath(__file__))
EVAL = os.path.join(HERE, "eval")


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as f:
        for line in f:
            yield json.loads(line)


def data_folder():
    folder = os.environ.get("GATEWAY_DATA")
    if not folder:
        raise SystemExit("Set GATEWAY_DATA to the folder that holds the preference sets (*.jsonl.gz).")
    return folder


def train_rows(name):
    return [r for r in lines(os.path.join(data_folder(), name + ".jsonl.gz")) if r.get("split") == "train"]


def test_rows(name):
    return list(lines(os.path.join(EVAL, name + ".jsonl.gz")))


_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):[ ]?")


def prompt_messages(name, prompt):
    """hh prompts become alternating turns; every other prompt is one user turn."""
    if name.startswith("hh-"):
        marks = list(_TURN.finditer(prompt))
        if marks and marks[0].start() == 0:
            out = []
            for i, m in enumerate(marks):
                end = marks[i + 1].start() if i + 1 < len(marks) else len(prompt)
                role = "user" if m.group(1) == "Human" else "assistant"
                out.append({"role": role, "content": prompt[m.end():end].strip()})
            return out
    return [{"role": "user", "content": prompt}]
