"""Golden score keys from an implementation of their own: writes score-keys.json beside this file.

The layout, as ScoreKey documents it: SHA-256 over these fields, an int as 4 bytes little-endian, a text as its UTF-8 length (an int)
and its bytes:

    key version, revision, policy digest,
    1 where there is guidance else 0, with guidance: 1 where there is a reference else 0, the reference (empty where there is none),
    the digests of principle and rubric (empty where there is none), 1 where criteria are generated else 0,
    case, then by case
    1 conversation  number of turns, each turn's role and content, number of responses, each response
    2 templated     text, 1 where a prompt was sent else 0, prompt (empty where none was)
    3 token ids     number of ids, each id

A principle's digest is hexadecimal, of the same kind of hash over its text and its rubric's digest (empty where it has none); a rubric's of 1 where
there is a scale else 0, lowest, highest, number of descriptions, each; number of criteria, of each its name, question, weight (its IEEE bits in 16
hexadecimal digits), number of choices, each, 1 where it is a pitfall else 0.

Run: python3 score_keys.py
"""

import hashlib
import json
import pathlib
import struct

VERSION = 2


def integer(value):
    return struct.pack("<i", value)


def text(value):
    data = value.encode("utf-8")
    return integer(len(data)) + data


def rubric_digest(rubric):
    scale = rubric.get("scale")
    data = integer(0 if scale is None else 1)
    if scale is not None:
        data += integer(scale["lowest"]) + integer(scale["highest"]) + integer(len(scale["descriptions"])) + b"".join(map(text, scale["descriptions"]))
    data += integer(len(rubric["criteria"]))
    for one in rubric["criteria"]:
        data += text(one["name"]) + text(one["question"]) + text(struct.pack(">d", one["weight"]).hex())
        data += integer(len(one["choices"])) + b"".join(map(text, one["choices"])) + integer(1 if one["pitfall"] else 0)
    return hashlib.sha256(data).hexdigest()


def principle_digest(principle):
    rubric = principle.get("rubric")
    return hashlib.sha256(text(principle["text"]) + text("" if rubric is None else rubric_digest(rubric))).hexdigest()


def guided(guidance):
    if guidance is None:
        return integer(0)
    reference, principle, rubric = guidance.get("reference"), guidance.get("principle"), guidance.get("rubric")
    data = integer(1) + integer(0 if reference is None else 1) + text(reference or "")
    data += text("" if principle is None else principle_digest(principle)) + text("" if rubric is None else rubric_digest(rubric))
    return data + integer(1 if guidance.get("generates") else 0)


def key(revision, policy, body):
    data = integer(VERSION) + text(revision) + text(policy) + guided(body.get("guidance"))
    if "responses" in body:
        data += integer(1) + integer(len(body["prompt"]))
        for role, content in body["prompt"]:
            data += text(role) + text(content)
        data += integer(len(body["responses"])) + b"".join(text(response) for response in body["responses"])
    elif "text" in body:
        prompt = body.get("prompt")
        data += integer(2) + text(body["text"]) + integer(0 if prompt is None else 1) + text(prompt or "")
    else:
        data += integer(3) + integer(len(body["ids"])) + b"".join(integer(value) for value in body["ids"])
    return hashlib.sha256(data).hexdigest()


BODIES = [
    {"prompt": [["user", "What is 2 + 2?"]], "responses": ["4"]},
    {"prompt": [["system", "Be brief."], ["user", "Grüße auf Japanisch?"], ["assistant", "こんにちは"], ["user", "😀"]], "responses": ["", "世界\n\0"]},
    {"prompt": [], "responses": []},
    {"prompt": [["user", "ab"]], "responses": ["c"]},
    {"prompt": [["user", "a"]], "responses": ["bc"]},
    {"prompt": [["user", ""]], "responses": ["abc"]},
    {"prompt": [["usera", "b"]], "responses": ["c"]},
    {"prompt": [["", "user"], ["a", "b"]], "responses": ["c"]},
    {"prompt": [["user", "abc"]], "responses": []},
    {"prompt": [["user", "abc"]], "responses": [""]},
    {"prompt": [["user", "x"]], "responses": ["a", "b"]},
    {"prompt": [["user", "x"]], "responses": ["b", "a"]},
    {"prompt": [["user", "x"]], "responses": ["ab"]},
    {"prompt": [["user", "x"]], "responses": ["ab", ""]},
    {"prompt": [["user", "long " * 300]], "responses": ["é" * 200]},
    {"text": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n", "prompt": None},
    {"text": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n", "prompt": ""},
    {"text": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n", "prompt": "<|im_start|>user\nhi<|im_end|>\n"},
    {"text": "", "prompt": None},
    {"text": "abc", "prompt": None},
    {"text": "ab", "prompt": "c"},
    {"text": "a", "prompt": "bc"},
    {"ids": [1, 2, 3]},
    {"ids": [3, 2, 1]},
    {"ids": []},
    {"ids": [0]},
    {"ids": [0, 0]},
    {"ids": [2147483647, -2147483648]},
]

CRITERION = {"name": "right", "question": "Is it right?", "weight": 2.5, "choices": ["no", "yes"], "pitfall": False}
RUBRIC = {"scale": {"lowest": 1, "highest": 5, "descriptions": ["schlecht", "", "", "", "größer"]}, "criteria": [CRITERION, {**CRITERION, "name": "long", "pitfall": True}]}
GUIDANCE = [
    {"reference": "4"},
    {"reference": ""},
    {"principle": {"text": "4"}},
    {"principle": {"text": "Be brief.", "rubric": RUBRIC}},
    {"rubric": RUBRIC},
    {"rubric": {"criteria": [CRITERION]}},
    {"rubric": {"criteria": [{**CRITERION, "weight": 2.25}]}},
    {"rubric": {"criteria": [{**CRITERION, "choices": ["no", "partly", "yes"]}]}},
    {"rubric": {"scale": {"lowest": -3, "highest": 7, "descriptions": []}, "criteria": []}},
    {"generates": True},
    {"reference": "4", "principle": {"text": "Be brief."}, "rubric": RUBRIC, "generates": True},
]


def main():
    goldens = [{"revision": "rev-1", "policy": "policy-1", **body} for body in BODIES]
    # The same item under other models and policies, some of which run into each other where lengths are not written.
    for revision, policy in [("rev-2", "policy-1"), ("rev-1", "policy-2"), ("rev-1p", "olicy-1"), ("", "rev-1policy-1")]:
        goldens.append({"revision": revision, "policy": policy, **BODIES[0]})
    goldens += [{"revision": "rev-1", "policy": "policy-1", **BODIES[0], "guidance": guidance} for guidance in GUIDANCE]
    for golden in goldens:
        body = {name: value for name, value in golden.items() if name not in ("revision", "policy")}
        golden["key"] = key(golden["revision"], golden["policy"], body)
    assert len({golden["key"] for golden in goldens}) == len(goldens)
    lines = ",\n".join(json.dumps(golden, ensure_ascii=True) for golden in goldens)
    pathlib.Path(__file__).with_name("score-keys.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
