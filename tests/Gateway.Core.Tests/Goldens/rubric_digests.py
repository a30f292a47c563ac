"""Golden digests of principles and rubrics from an implementation of their own: writes rubric-digests.json beside this file.

The layout: SHA-256 over these fields, an int as 4 bytes little-endian, a text as its UTF-8 length (an int) and its bytes, a weight as a
text of the 16 hexadecimal digits of its IEEE 754 double, most significant first:

    rubric      1 with a scale else 0; of a scale lowest, highest, number of descriptions, each description; number of criteria, each criterion
    criterion   name, question, weight, number of choices, each choice, 1 for a pitfall else 0
    principle   text, the rubric's digest in lower-case hexadecimal as a text (empty where there is no rubric)

What a request leaves out is: weight 1, choices no and yes, pitfall false, names c1, c2, … by place.

Run: python3 rubric_digests.py
"""

import hashlib
import json
import pathlib
import struct


def integer(value):
    return struct.pack("<i", value)


def text(value):
    data = value.encode("utf-8")
    return integer(len(data)) + data


def texts(values):
    return integer(len(values)) + b"".join(text(value) for value in values)


def criterion(value, place):
    return (
        text(value.get("name") or f"c{place}")
        + text(value["question"])
        + text(struct.pack(">d", value.get("weight", 1)).hex())
        + texts(value.get("choices") or ["no", "yes"])
        + integer(1 if value.get("pitfall") else 0)
    )


def rubric(value):
    scale, criteria = value.get("scale"), value.get("criteria") or []
    data = integer(0 if scale is None else 1)
    if scale is not None:
        data += integer(scale["lowest"]) + integer(scale["highest"]) + texts(scale.get("descriptions") or [])
    data += integer(len(criteria)) + b"".join(criterion(one, place) for place, one in enumerate(criteria, 1))
    return hashlib.sha256(data).hexdigest()


def principle(value):
    return hashlib.sha256(text(value["text"]) + text(rubric(value["rubric"]) if value.get("rubric") else "")).hexdigest()


SCALE = {"lowest": 1, "highest": 5}
WORDS = ["wrong", "mostly wrong", "half right", "mostly right", "right"]
RUBRICS = [
    {"scale": SCALE},
    {"scale": {**SCALE, "descriptions": WORDS}},
    {"scale": {"lowest": 0, "highest": 1}},
    {"scale": {"lowest": -10, "highest": 10}},
    {"scale": {"lowest": 1, "highest": 2, "descriptions": ["ab", "c"]}},
    {"scale": {"lowest": 1, "highest": 2, "descriptions": ["a", "bc"]}},
    {"criteria": [{"question": "Is it right?"}]},
    {"criteria": [{"name": "right", "question": "Is it right?"}]},
    {"criteria": [{"question": "Is it right?", "weight": 2}]},
    {"criteria": [{"question": "Is it right?", "weight": 0.1}]},
    {"criteria": [{"question": "Is it right?", "weight": 1e6}, {"question": "Is it kind?", "weight": 1e-6}]},
    {"criteria": [{"question": "Is it kind?"}, {"question": "Is it right?"}]},
    {"criteria": [{"question": "Is it right?", "choices": ["no", "in part", "yes"]}]},
    {"criteria": [{"question": "Is it right?", "choices": ["yes", "no"]}]},
    {"criteria": [{"question": "Is it right?", "pitfall": True}]},
    {"criteria": [{"question": "Ist es höflich? 礼儀正しい? 😀", "choices": ["nein", "はい", "😀"]}]},
    {"criteria": [{"question": "long " * 300}]},
    {"criteria": [{"name": f"q{i}", "question": f"Is part {i} there?", "weight": i + 0.5} for i in range(50)]},
    {"scale": {**SCALE, "descriptions": WORDS}, "criteria": [{"name": "right", "question": "Is it right?", "weight": 3, "choices": ["no", "yes"], "pitfall": False}]},
]
PRINCIPLES = [
    {"text": "Be brief."},
    {"text": "Be brief.\n"},
    {"text": "Grüße, こんにちは, 😀\tund\r\nmehr"},
    {"text": "long " * 1_000},
    {"text": "Be brief.", "rubric": RUBRICS[0]},
    {"text": "Be brief.", "rubric": RUBRICS[-1]},
    {"text": "Be right.", "rubric": RUBRICS[-1]},
]


def main():
    goldens = [{"rubric": value, "digest": rubric(value)} for value in RUBRICS]
    goldens += [{"principle": value, "digest": principle(value)} for value in PRINCIPLES]
    assert len({golden["digest"] for golden in goldens}) == len(goldens)
    lines = ",\n".join(json.dumps(golden, ensure_ascii=True) for golden in goldens)
    pathlib.Path(__file__).with_name("rubric-digests.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
