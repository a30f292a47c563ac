"""The reward server people run today, in the manner of OpenRLHF's serve_rm: one request is one batch, padded to its longest
text, computed inside the event loop while every other request waits. Debian's python3-torch, python3-aiohttp, python3-onnx and
python3-sentencepiece; the weights of models/rm-mini through its rm_mini.py.

    server.py --model models/rm-mini --port 5000

POST /get_reward {"query": [text, ...]} -> {"rewards": [...], "scores": [...], "extra_logs": {}}
"""
import argparse
import os
import sys

import sentencepiece
import torch
from aiohttp import web


class RewardModel:
    def __init__(self, folder):
        sys.path.insert(0, folder)
        import rm_mini
        self.rm_mini = rm_mini
        self.module = rm_mini.load(folder)
        self.tokenizer = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "tokenizer.model"))

    @torch.inference_mode()
    def rewards(self, texts):
        rows = [self.rm_mini.encode(self.tokenizer, text) for text in texts]
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self.rm_mini.PAD, dtype=torch.int64)
        mask = torch.zeros((len(rows), longest), dtype=torch.int64)
        for i, row in enumerate(rows):
            ids[i, :len(row)] = torch.tensor(row)
            mask[i, :len(row)] = 1
        return self.module(ids, mask)[:, 0].tolist()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--model", required=True)
    options.add_argument("--port", type=int, default=5000)
    options = options.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = RewardModel(options.model)

    async def get_reward(request):
        texts = (await request.json())["query"]
        rewards = model.rewards(texts) if texts else []
        return web.json_response({"rewards": rewards, "scores": rewards, "extra_logs": {"dummy_scores": rewards}})

    async def health(_):
        return web.json_response({"torch": torch.__version__, "threads": torch.get_num_threads()})

    app = web.Application(client_max_size=64 << 20)
    app.add_routes([web.post("/get_reward", get_reward), web.get("/health", health)])
    web.run_app(app, host="127.0.0.1", port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
