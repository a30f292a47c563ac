"""Golden payloads of version 1 from an implementation of their own: writes score-payloads-v1.json beside this file.

The layout, as ScorePayload documents it, numbers least significant byte first:

    version 1 (1 byte), flags (1 byte: 1 signed), key (32), generation (8), count (4),
    per response: score as IEEE double (8), tokens (4), flags (1 byte: 1 truncated, 2 has steps), with steps: count (4), doubles (8 each)
    CRC-32 of everything before it (4), where signed: HMAC-SHA256 of everything before it (32)

The key is bytes 1 to 32.

Run: python3 score_payloads.py
"""

import hashlib
import hmac
import json
import pathlib
import struct
import zlib


KEY = bytes(range(1, 33))


def payload(scores, generation, secret):
    data = struct.pack("<BB", 1, 1 if secret else 0) + KEY + struct.pack("<qi", generation, len(scores))
    for score in scores:
        steps = score.get("steps")
        flags = (1 if score.get("truncated") else 0) | (0 if steps is None else 2)
        data += struct.pack("<diB", score["value"], score["tokens"], flags)
        if steps is not None:
            data += struct.pack("<i", len(steps)) + b"".join(struct.pack("<d", step) for step in steps)
    data += struct.pack("<I", zlib.crc32(data))
    if secret:
        data += hmac.new(secret.encode("utf-8"), data, hashlib.sha256).digest()
    return data.hex()


CASES = [
    {"generation": 0, "secret": None, "scores": [{"value": 1.25, "tokens": 19}]},
    {"generation": 1796000000000, "secret": None, "scores": [{"value": -0.0, "tokens": 0, "truncated": True}]},
    {"generation": 7, "secret": "sixteen letters!", "scores": [{"value": 0.1, "tokens": 2147483647}]},
    {"generation": 7, "secret": "ein Schlüssel, länger", "scores": [{"value": 5e-324, "tokens": 1}, {"value": -1.7976931348623157e308, "tokens": 2}]},
    {"generation": 0, "secret": None, "scores": []},
    {"generation": 1, "secret": None, "scores": [{"value": 3.5, "tokens": 4, "steps": [0.25, -1e-9, 2.0]}, {"value": 1.0, "tokens": 5, "steps": []}]},
]


def main():
    lines = ",\n".join(json.dumps({**case, "payload": payload(case["scores"], case["generation"], case["secret"])}) for case in CASES)
    pathlib.Path(__file__).with_name("score-payloads-v1.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
