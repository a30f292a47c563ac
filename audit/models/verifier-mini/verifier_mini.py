"""verifier-mini in torch: does the response give the reference answer? A logit, larger for yes. Needs torch.

The question and the reference are the user's turn ("{question}\n\nReference answer: {answer}"), the response is the
assistant's; ChatML, "<s>" first, as models/rm-mini writes it.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

BOS, PAD, IM_START, IM_END = 1, 3, 4, 5
MAX_TOKENS = 768


def prompt(question, reference):
    return f"{question}\n\nReference answer: {reference}"


def encode(sp, question, reference, response):
    ids = [BOS, IM_START] + sp.encode("user\n" + prompt(question, reference)) + [IM_END] + sp.encode("\n")
    return ids + [IM_START] + sp.encode("assistant\n" + response) + [IM_END] + sp.encode("\n")


class Layer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        # how much each head looks where the same token, and the same two tokens, stand
        self.same = nn.Parameter(torch.zeros(2, heads))

    def forward(self, x, equal, bias):
        b, n, w = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        seen = torch.matmul(equal, self.same).permute(0, 3, 1, 2)
        scores = torch.matmul(qkv[0], qkv[1].transpose(2, 3)) * (self.size ** -0.5) + seen + bias
        mixed = torch.matmul(torch.softmax(scores, -1), qkv[2]).permute(0, 2, 1, 3).reshape(b, n, w)
        x = x + self.out(mixed)
        return x + self.down(torch.relu(self.up(self.norm2(x))))


class VerifierMini(nn.Module):
    """A small transformer over the whole conversation; its last turn, pooled, gives the logit."""

    def __init__(self, vocabulary, width=64, heads=4, inner=128, layers=2):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(vocabulary, width) * 0.05)
        self.part = nn.Parameter(torch.randn(2, width) * 0.05)
        # counted from the end of the turn, so that the last number is always at the same place
        self.place = nn.Parameter(torch.randn(32, width) * 0.05)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(2 * width, 1)

    def forward(self, input_ids, attention_mask):
        ids, real = input_ids, attention_mask > 0
        at = torch.cumsum(torch.ones_like(ids), 1) - 1
        start = ((ids == IM_START) & real).to(torch.int64)
        turn = real & (at >= (at * start).amax(1, keepdim=True))
        ends = ((ids == IM_END) & real).to(torch.int64)
        last = (at * ends).amax(1, keepdim=True)
        first = (at * ends * (1 - turn.to(torch.int64))).amax(1, keepdim=True)
        back = torch.where(turn, last - at, first - at).clamp(0, 31)
        x = self.embedding[ids] + self.part[turn.to(torch.int64)] + self.place[back]
        before = torch.cat([ids[:, :1] * 0, ids[:, :-1]], 1)
        same = (ids.unsqueeze(2) == ids.unsqueeze(1)).to(torch.float32)
        both = same * (before.unsqueeze(2) == before.unsqueeze(1)).to(torch.float32)
        equal = torch.stack([same, both], 3)
        bias = (1.0 - real.to(torch.float32)).unsqueeze(1).unsqueeze(1) * -1e9
        for layer in self.layers:
            x = layer(x, equal, bias)
        x, t = self.norm(x), turn.to(torch.float32).unsqueeze(2)
        mean = (x * t).sum(1) / t.sum(1).clamp(min=1.0)
        peak = (x + (t - 1.0) * 1e4).amax(1)
        return self.head(torch.cat([mean, peak], 1))
