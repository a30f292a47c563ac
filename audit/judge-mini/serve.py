"""Serves judge-mini as OpenAI's chat API: serve.py [--port 8090] [--credulity 0]

POST /v1/chat/completions, GET /v1/models, GET /health. Temperature, seed and schemas are taken and change nothing: the same prompt
gets the same reply. With "logprobs" the first token's probabilities are in the reply where the answer is one token.
"""
import argparse
import json
import math
import socket
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from judge_mini import JudgeMini

NAME = "judge-mini"


def tokens(text):
    # About what tokenizers of language models make of English.
    return max(1, (len(text) + 3) // 4)


def choice(judge, call):
    text, shares = judge.answer(call["messages"])
    logprobs = None
    if call.get("logprobs") and shares:
        top = sorted(((token, math.log(max(p, 1e-30))) for token, p in shares.items()), key=lambda pair: -pair[1])[:int(call.get("top_logprobs") or 0)]
        entry = {"token": text, "logprob": math.log(max(shares[text], 1e-30)), "bytes": list(text.encode())}
        entry["top_logprobs"] = [{"token": token, "logprob": log, "bytes": list(token.encode())} for token, log in top]
        logprobs = {"content": [entry]}
    return {"index": 0, "message": {"role": "assistant", "content": text}, "logprobs": logprobs, "finish_reason": "stop"}


def completion(judge, call):
    one = choice(judge, call)
    read = sum(tokens(str(message["content"])) for message in call["messages"])
    wrote = tokens(one["message"]["content"])
    return {
        "id": "chatcmpl-%08x" % zlib.crc32(json.dumps(call["messages"]).encode()), "object": "chat.completion", "created": int(time.time()),
        "model": call.get("model", NAME), "choices": [one],
        "usage": {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    judge = None

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self):
        if self.path == "/v1/models":
            self.reply(200, {"object": "list", "data": [{"id": NAME, "object": "model", "created": 0, "owned_by": "judge-mini"}]})
        elif self.path == "/health":
            self.reply(200, {})
        else:
            self.fault(404, f"nothing is served at {self.path}")

    def do_POST(self):
        body = self.body()
        if self.path != "/v1/chat/completions":
            return self.fault(404, f"nothing is served at {self.path}")
        try:
            call = json.loads(body)
            if not call["messages"] or not all(isinstance(message["content"], str) for message in call["messages"]):
                raise ValueError("messages must have a text each")
            if call.get("stream"):
                raise ValueError("replies are not streamed")
        except (ValueError, KeyError, TypeError) as e:
            return self.fault(400, f"the request cannot be read: {e}")
        self.reply(200, completion(self.judge, call))

    def body(self):
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def fault(self, status, message):
        self.reply(status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}})

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--credulity", type=float, default=0.0, help="added to every logit: above 0 it believes more")
    options = parser.parse_args()
    Handler.judge = JudgeMini(credulity=options.credulity)
    server = Server(("127.0.0.1", options.port), Handler)
    print(f"{NAME} at http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
