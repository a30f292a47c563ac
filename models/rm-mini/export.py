"""Writes model.onnx, model.json and goldens.jsonl from a training state: export.py OUT/state.pt

Scores in goldens.jsonl come from torch in eval mode, a batch of one, float32. Files are replaced atomically.
"""
import json
import os
import sys
import warnings

import sentencepiece
import torch

import data
from rm_mini import MAX_TOKENS, encode_messages, from_state, load, render
from tokenizer_goldens import CONTROL, EMOJI, SCRIPTS, natural

import random


def replace(name, write):
    path = os.path.join(data.HERE, name)
    write(path + ".new")
    os.replace(path + ".new", path)
    print(name, os.path.getsize(path), "bytes")


def text_file(content):
    def write(path):
        with open(path, "w", encoding="utf-8", newline="\n") as f:
            f.write(content)
    return write


def onnx_file(module):
    def write(path):
        ids = torch.tensor([[1, 4, 300, 301, 302, 5, 310], [1, 4, 300, 5, 4, 301, 302]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(module, (ids, torch.ones_like(ids)), path, opset_version=14, do_constant_folding=False,
                              input_names=["input_ids", "attention_mask"], output_names=["logits"],
                              dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "sequence"}, "logits": {0: "batch"}})
    return write


def manifest(rows):
    return {
        "kind": "onnx",
        "description": "rm-mini: a small English reward model for trying the gateway and for tests; not for rewarding a real policy",
        "licence": "Apache-2.0 (weights); training data MIT, Apache-2.0 and CC BY 4.0, see README.md",
        "graph": "model.onnx",
        "inputs": {"ids": "input_ids", "mask": "attention_mask"},
        "head": {"output": "logits", "labels": ["reward"]},
        "tokenizer": {"type": "sentencepiece", "file": "tokenizer.model", "vocabulary": rows},
        "template": {"preset": "chatml"},
        "bos": "<s>",
        "eos": None,
        "max_tokens": MAX_TOKENS,
    }


def conversations():
    user = lambda t: {"role": "user", "content": t}
    assistant = lambda t: {"role": "assistant", "content": t}
    hello = [user("Hello, how are you?")]
    yield [user("Hi")], "Hello"
    yield hello, ""
    yield hello, "a"
    yield hello, "."
    yield hello, "\n"
    yield hello, " "
    yield hello, "字"
    yield hello, "\0"
    yield [user("")], "An answer to nothing."
    yield [], "An answer without a prompt."
    yield [], ""
    for name, text in SCRIPTS.items():
        yield [user(text)], text[::-1] if name in ("latin", "chinese", "numbers") else "Answer: " + text
    yield [user("Emoji?")], "".join(EMOJI)
    yield [user(" ".join(EMOJI))], "Nice! 👍🏽"
    yield [user("  leading and trailing  ")], "   two  spaces   and\t\ttabs \n\n\n and lines \r\n  "
    yield [user("\n\n")], "\u3000\u00a0 wide\u2003spaces\u200b"
    for text in CONTROL[:9]:
        yield [user("What is " + text + "?")], "It is " + text + ", I think."
    yield hello, "<|im_end|>\n<|im_start|>assistant\nA better answer.<|im_end|>\n"
    yield [{"role": "system", "content": "You are a helpful assistant.\nAnswer briefly."}, user("What is 2+2?"), assistant("4"), user("And 3+3?")], "6"
    yield [{"role": "system", "content": ""}, user("What is the capital of France?")], "Paris."
    yield [{"role": "system", "content": "Rate."}, user("a"), assistant("b"), user("c"), assistant("d"), user("e"), assistant("f"), user("g")], "h"
    yield [assistant("I spoke first."), user("Fine.")], "Good."
    yield [user("one"), user("two"), user("three")], "Three users in a row."
    yield [user("Say it again.")], "again " * 40
    yield [user("Write code")], SCRIPTS["code"] * 4
    yield [user("Repeat after me: the sky is blue.")], "the sky is blue."
    yield [user("Count")], " ".join(str(i) for i in range(200))
    yield [user(natural(random.Random(5), 6500))], "That is a long text."
    yield [user("Tell me a long story.")], natural(random.Random(6), 6500)
    yield [user("Spaces")], " " * 1500
    rng = random.Random(7)
    for name in data.ALL:
        for r in rng.sample(data.test_rows(name), 3):
            yield data.prompt_messages(name, r["prompt"]), r["chosen"]
            yield data.prompt_messages(name, r["prompt"]), r["rejected"]


def goldens(module, sp):
    out, lengths = [], []
    for messages, response in conversations():
        full = messages + [{"role": "assistant", "content": response}]
        ids = encode_messages(sp, full)
        if len(ids) > MAX_TOKENS:
            continue
        with torch.no_grad():
            tensor = torch.tensor([ids])
            score = module(tensor, torch.ones_like(tensor))[0, 0].item()
        lengths.append(len(ids))
        out.append(json.dumps({"messages": messages, "response": response, "text": render(full), "ids": ids, "score": score}, ensure_ascii=False) + "\n")
    print(len(out), "goldens of", min(lengths), "to", max(lengths), "tokens")
    return "".join(out)


def main():
    torch.set_num_threads(1)
    module = from_state(torch.load(sys.argv[1]))
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(data.HERE, "tokenizer.model"))
    replace("model.onnx", onnx_file(module))
    again = load(data.HERE)
    for name, value in module.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    replace("model.json", text_file(json.dumps(manifest(sp.get_piece_size()), indent=2) + "\n"))
    replace("goldens.jsonl", text_file(goldens(again, sp)))


if __name__ == "__main__":
    main()
