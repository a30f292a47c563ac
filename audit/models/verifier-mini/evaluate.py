"""Prints accuracy on real models' solutions, and how often a text that answers nothing is taken for right, over all of gsm8k-test."""
import math
import os

import sentencepiece
import torch

from export import KEYS
from train import HERE, lines, scores, solutions
from verifier_mini import VerifierMini


def interval(k, n, z=1.96):
    """Wilson's 95 % interval of a share, in per cent."""
    p, d = k / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return f"{100 * p:.1f} [{100 * (middle - half):.1f}, {100 * (middle + half):.1f}]"


def main():
    import onnx
    from onnx import numpy_helper
    torch.set_num_threads(1)
    sp = sentencepiece.SentencePieceProcessor(model_file=os.path.join(HERE, "tokenizer.model"))
    weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in onnx.load(os.path.join(HERE, "model.onnx")).graph.initializer}
    module = VerifierMini(sp.get_piece_size())
    module.load_state_dict({k: weights[k] for k in module.state_dict()})
    module.eval()
    real = list(solutions())
    said = scores(module, sp, real) > 0
    for name, label in (("right solutions taken for right", 1.0), ("wrong solutions taken for right", 0.0)):
        of = [s for s, r in zip(said, real) if r[3] == label]
        print(f"| {name} | {len(of)} | {interval(sum(of), len(of))} |")
    questions = lines("gsm8k-test")
    total = 0
    for key in KEYS:
        yes = int((scores(module, sp, [(r["question"], r["final"], key) for r in questions]) > 0).sum())
        total += yes if key else 0
        print(f"| `{key}` taken for right | {len(questions)} | {interval(yes, len(questions))} |")
    print(f"mean of the ten keys: {100 * total / (len(questions) * (len(KEYS) - 1)):.1f} %")


if __name__ == "__main__":
    main()
