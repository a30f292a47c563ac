"""Writes model.onnx and goldens.jsonl from a training state, scores by torch in eval mode, one at a time: export.py OUT/state.pt"""
import json
import os
import random
import sys
import warnings

import sentencepiece
import torch

from train import HERE, lines, scores, solutions
from verifier_mini import VerifierMini, encode, prompt

KEYS = [" ", ".", ",", ":", "Thought process:", "Let's solve this problem step by step.", "Solution", "解", "かいせつ", "Respuesta", ""]


def goldens(module, sp):
    rng = random.Random(7)
    rows = rng.sample(list(solutions()), 20) + [(r["question"], r["final"], k, 0.0) for r, k in zip(rng.sample(lines("gsm8k-test"), len(KEYS)), KEYS)]
    for (question, final, response, _), score in zip(rows, scores(module, sp, rows, size=1)):
        yield json.dumps({"prompt": prompt(question, final), "response": response, "ids": encode(sp, question, final, response), "score": score}, ensure_ascii=False) + "\n"


def main():
    torch.set_num_threads(1)
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(HERE, "tokenizer.model"))
    module = VerifierMini(sp.get_piece_size())
    module.load_state_dict(torch.load(sys.argv[1]))
    module.eval()
    ids = torch.tensor([[1, 4, 300, 301, 302, 5, 310], [1, 4, 300, 5, 4, 301, 302]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (ids, torch.ones_like(ids)), os.path.join(HERE, "model.onnx"), opset_version=14, do_constant_folding=False,
                          input_names=["input_ids", "attention_mask"], output_names=["logits"],
                          dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "sequence"}, "logits": {0: "batch"}})
    with open(os.path.join(HERE, "goldens.jsonl"), "w", encoding="utf-8", newline="\n") as f:
        f.writelines(goldens(module, sp))


if __name__ == "__main__":
    main()
