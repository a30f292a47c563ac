"""Golden payloads of every version from an implementation of their own: writes score-payloads-v1.json and -v2.json beside this file.

Numbers are least significant byte first, texts are their length (2 bytes) and UTF-8. Version 2, as ScorePayload documents it:

    version 2 (1 byte), flags (1 byte: 1 signed), key (32), generation (8), expiry in milliseconds since 1970 (8),
    findings (1 byte), per finding: severity (1), action (1), offset (4), texts: rule, field, detail,
    count (4), per response: score as IEEE double (8), tokens (4), flags (1 byte: 1 truncated, 2 has steps, 4 was judged), with steps: count (4), doubles (8 each),
    where judged: which parts there are (1 byte: 1 critique, 2 agreement, 4 spread, 8 criteria digest, 16 fallback, 32 note), those parts in that order,
    samples (4), missing (4), components (4), per component: flags (1 byte: 1 weight, 2 critique), name, value (8), weight (8), critique
    CRC-32 of everything before it (4), where signed: HMAC-SHA256 of everything before it (32)

Version 1 had neither expiry nor findings. The key is bytes 1 to 32.

Run: python3 score_payloads.py
"""

import hashlib
import hmac
import json
import pathlib
import struct
import zlib


KEY = bytes(range(1, 33))


def text(value):
    data = value.encode("utf-8")
    return struct.pack("<H", len(data)) + data


def found(findings):
    data = struct.pack("<B", len(findings))
    for one in findings:
        data += struct.pack("<BBi", one["severity"], one["action"], one["at"]) + text(one["rule"]) + text(one["field"]) + text(one["detail"])
    return data


def judged(judgement):
    data = b""
    flags = 0
    for flag, name in [(1, "critique"), (2, "agreement"), (4, "spread"), (8, "digest"), (16, "fallback"), (32, "note")]:
        value = judgement.get(name)
        if value is not None:
            flags |= flag
            data += text(value) if isinstance(value, str) else struct.pack("<d", value)
    data = struct.pack("<B", flags) + data + struct.pack("<iii", judgement["samples"], judgement["missing"], len(judgement["components"]))
    for one in judgement["components"]:
        weight, critique = one.get("weight"), one.get("critique")
        data += struct.pack("<B", (0 if weight is None else 1) | (0 if critique is None else 2)) + text(one["name"]) + struct.pack("<d", one["value"])
        data += (b"" if weight is None else struct.pack("<d", weight)) + (b"" if critique is None else text(critique))
    return data


def payload(version, case):
    secret, scores = case["secret"], case["scores"]
    data = struct.pack("<BB", version, 1 if secret else 0) + KEY + struct.pack("<q", case["generation"])
    if version == 2:
        data += struct.pack("<q", case["expires"]) + found(case["findings"])
    data += struct.pack("<i", len(scores))
    for score in scores:
        steps = score.get("steps")
        flags = (1 if score.get("truncated") else 0) | (0 if steps is None else 2) | (4 if "judgement" in score else 0)
        data += struct.pack("<diB", score["value"], score["tokens"], flags)
        if steps is not None:
            data += struct.pack("<i", len(steps)) + b"".join(struct.pack("<d", step) for step in steps)
        if "judgement" in score:
            data += judged(score["judgement"])
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

JUDGED = [
    {"generation": 0, "secret": None, "scores": [{"value": 4.0, "tokens": 812, "judgement": {"samples": 1, "missing": 0, "components": []}}]},
    {"generation": 2, "secret": "sixteen letters!", "scores": [
        {"value": 3.5, "tokens": 9, "steps": [1.0], "judgement": {
            "critique": "Knapp, aber größtenteils richtig. 好", "agreement": 2 / 3, "spread": 0.5, "digest": "ab" * 32, "fallback": "helpfulness",
            "note": "2 of 3", "samples": 3, "missing": 1, "components": [
                {"name": "right", "value": 1.0, "weight": 2.0, "critique": "yes"}, {"name": "länge", "value": 0.0}]}},
        {"value": 0.0, "tokens": 0}]},
]

FINDINGS = [
    [],
    [{"rule": "control-token", "severity": 2, "action": 2, "field": "response", "at": 17, "detail": "<|im_end|>"}],
    [{"rule": "homoglyph", "severity": 0, "action": 0, "field": "messages[2]", "at": 0, "detail": ""},
     {"rule": "length-bomb", "severity": 1, "action": 1, "field": "text", "at": 2147483647, "detail": "größer als üblich"}],
]


def later(index, case):
    return {**case, "expires": 1796000000000 + index, "findings": FINDINGS[index % len(FINDINGS)]}


def main():
    versions = {1: CASES, 2: [later(index, case) for index, case in enumerate(CASES + JUDGED)]}
    for version, cases in versions.items():
        lines = ",\n".join(json.dumps({**case, "payload": payload(version, case)}) for case in cases)
        pathlib.Path(__file__).with_name(f"score-payloads-v{version}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
