"""rm-mini in torch: the module, the template and the encoder. Needs torch; load() also needs onnx (both in Debian).

    sp = sentencepiece.SentencePieceProcessor(model_file="tokenizer.model")
    module = load(".")
    ids = encode(sp, render([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]))
    score = module(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.int64))[0, 0].item()

render() gives text for people to read; ids of messages come from encode_messages(), which a content holding the text
"<|im_end|>" cannot mislead.
"""
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

BOS, IM_START, IM_END, PAD = 1, 4, 5, 3
SLOT_FACTOR = 1000003
MAX_TOKENS = 2048
CONTROL = {"<s>": BOS, "<|im_start|>": IM_START, "<|im_end|>": IM_END}


def segments(messages):
    """The template as a list of control ids (int) and ordinary text (str)."""
    out = [BOS]
    for m in messages:
        out += [IM_START, m["role"] + "\n" + m["content"], IM_END, "\n"]
    return out


def render(messages):
    names = {v: k for k, v in CONTROL.items()}
    return "".join(names[s] if isinstance(s, int) else s for s in segments(messages))


def encode_messages(sp, messages):
    ids = []
    for s in segments(messages):
        ids += [s] if isinstance(s, int) else sp.encode(s)
    return ids


def encode(sp, text):
    """Ids of a whole rendered text whose control tokens are trusted: no content may contain their spelling."""
    ids, rest = [], text
    while rest:
        at, name = min(((rest.find(n), n) for n in CONTROL if n in rest), default=(len(rest), ""))
        if at:
            ids += sp.encode(rest[:at])
        if name:
            ids.append(CONTROL[name])
        rest = rest[at + len(name):]
    return ids


class Layer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, bias, drop):
        b, n, w = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(qkv[0], qkv[1].transpose(2, 3)) * (self.size ** -0.5) + bias
        mixed = torch.matmul(torch.softmax(scores, -1), qkv[2]).permute(0, 2, 1, 3).reshape(b, n, w)
        x = x + F.dropout(self.out(mixed), drop, self.training)
        return x + F.dropout(self.down(torch.relu(self.up(self.norm2(x)))), drop, self.training)


class RmMini(nn.Module):
    """reward = sum over experts of gate(prompt) * (n-grams of the last response + a few counts) + transformer."""

    def __init__(self, vocabulary, pairs, slots, experts=7, counts=11, width=128, heads=4, inner=256, layers=2, dropout=0.2):
        super().__init__()
        self.vocabulary, self.pairs, self.slots, self.dropout = vocabulary, pairs, slots, dropout
        # a hash table of pairs of neighbouring tokens: slot -> the pair's key (or -1) and its row in the tables
        self.register_buffer("slot_key", torch.full((slots,), -1, dtype=torch.int64))
        self.register_buffer("slot_row", torch.zeros(slots, dtype=torch.int64))
        # rows of both tables: tokens, known pairs, and one of zeros for the others; columns: a shared expert, one for each set
        self.ngrams = nn.Parameter(torch.zeros(vocabulary + pairs + 1, experts))
        self.gate = nn.Parameter(torch.zeros(vocabulary + pairs + 1, experts - 1))
        self.gate_bias = nn.Parameter(torch.zeros(experts - 1))
        self.counts = nn.Parameter(torch.zeros(counts, experts))
        self.embedding = nn.Parameter(torch.randn(vocabulary, width) * 0.02)
        self.part = nn.Parameter(torch.randn(2, width) * 0.02)
        angle = torch.arange(MAX_TOKENS).float()[:, None] * torch.exp(torch.arange(0, width, 2).float() * (-math.log(10000.0) / width))
        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], 2).reshape(MAX_TOKENS, width) * 0.02 * math.sqrt(2))
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 1, bias=False)

    def regions(self, ids, mask):
        """Masks of the last turn (what follows the last <|im_start|>), its inside and the prompt; all bool."""
        real = mask > 0
        at = torch.cumsum(torch.ones_like(ids), 1) - 1
        start = ((ids == IM_START) & real).to(torch.int64)
        last = (at * start).amax(1, keepdim=True)
        return real, real & (at >= last), real & (at >= last + 3), real & (at < last)

    def linear(self, ids, mask):
        """Per expert the pooled n-grams and counts: [batch, experts]; and the gate's logits."""
        turn, inside, prompt = self.regions(ids, mask)[1:]
        after_end = torch.cat([torch.zeros_like(ids[:, :1]), (ids[:, :-1] == IM_END).to(torch.int64)], 1) > 0
        inside = inside & (ids != IM_END) & ~after_end  # the content alone
        following = torch.cat([ids[:, 1:], ids[:, :1]], 1)
        key = ids * self.vocabulary + following
        slot = torch.remainder(key * SLOT_FACTOR, self.slots)
        unknown = torch.full_like(key, self.vocabulary + self.pairs)
        pair = torch.where(self.slot_key[slot] == key, self.slot_row[slot], unknown)
        one = self.occurrences(ids, ids, [turn, prompt, inside])
        two = self.occurrences(key, pair, [self.but_last(turn), self.but_last(prompt), self.but_last(inside)])
        sums = one[0] + two[0]
        n, p = one[1], one[5]
        long = torch.log1p(n)
        x = torch.stack([long, long * long / 5, one[2] / (n + 1), one[3] / (n + 1), torch.log1p(one[3]), torch.log1p(one[2]),
                         one[4] / (p + 1), long - torch.log1p(p), two[3] / (n + 1), torch.log1p(two[3]), two[2] / (n + 1)], 1)
        here, here2 = prompt.to(torch.float32).unsqueeze(1), self.but_last(prompt).to(torch.float32).unsqueeze(1)
        votes = (torch.matmul(here, self.gate[ids]) + torch.matmul(here2, self.gate[pair])).squeeze(1)
        return sums + torch.matmul(x, self.counts), votes / p.clamp(min=1.0).sqrt().unsqueeze(1) + self.gate_bias

    @staticmethod
    def but_last(region):
        return region & torch.cat([region[:, 1:], torch.zeros_like(region[:, :1])], 1)

    def occurrences(self, key, row, regions):
        """n-grams of one order: the damped pooled weights of the turn, and counts over its content and the prompt."""
        where = torch.stack([r.to(torch.float32) for r in regions], 2)
        equal = (key.unsqueeze(2) == key.unsqueeze(1)).to(torch.float32)
        times = torch.matmul(equal, where)  # [batch, position, (turn, prompt, content)]: how often this n-gram is there
        turn, prompt, inside = where[:, :, 0], where[:, :, 1], where[:, :, 2]
        often = times[:, :, 0].clamp(min=1.0)
        weight = torch.log1p(often) / (math.log(2) * often) * turn  # each distinct n-gram counts log2(1 + occurrences)
        pooled = torch.matmul(weight.unsqueeze(1), self.ngrams[row]).squeeze(1)
        distinct = (inside / often).sum(1)
        overlap = (times[:, :, 1].clamp(max=1.0) * inside).sum(1)
        copied = (times[:, :, 2].clamp(max=1.0) * prompt).sum(1)
        return pooled, inside.sum(1), distinct, overlap, copied, prompt.sum(1)

    def transformer(self, ids, mask):
        real, turn, _, _ = self.regions(ids, mask)
        x = self.embedding[ids] + self.positions[:ids.shape[1]] + self.part[turn.to(torch.int64)]
        x = F.dropout(x, self.dropout, self.training)
        bias = (1.0 - real.to(torch.float32)).unsqueeze(1).unsqueeze(1) * -1e9
        for layer in self.layers:
            x = layer(x, bias, self.dropout)
        t = turn.to(torch.float32).unsqueeze(2)
        pooled = (self.norm(x) * t).sum(1) / t.sum(1).clamp(min=1.0)
        return self.head(pooled)

    def gated(self, ids, mask):
        sums, logits = self.linear(ids, mask)
        return sums[:, :1] + (sums[:, 1:] * torch.softmax(logits, 1)).sum(1, keepdim=True)

    def forward(self, input_ids, attention_mask):
        return self.gated(input_ids, attention_mask) + self.transformer(input_ids, attention_mask)


def load(path):
    """The module in eval mode, its weights read by name from model.onnx (a folder or the file)."""
    import onnx
    from onnx import numpy_helper
    file = os.path.join(path, "model.onnx") if os.path.isdir(path) else path
    state = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in onnx.load(file).graph.initializer}
    return from_state(state)


def from_state(state):
    experts = state["ngrams"].shape[1]
    vocabulary = state["embedding"].shape[0]
    layers = len([k for k in state if k.startswith("layers.") and k.endswith(".qkv.weight")])
    module = RmMini(vocabulary, state["ngrams"].shape[0] - vocabulary - 1, state["slot_key"].shape[0], experts, state["counts"].shape[0],
                    state["embedding"].shape[1], inner=state["layers.0.up.weight"].shape[0] if layers else 0, layers=layers)
    module.load_state_dict({k: state[k] for k in module.state_dict()})
    return module.eval()
