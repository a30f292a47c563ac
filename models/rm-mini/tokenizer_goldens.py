"""Writes tokenizer-goldens.jsonl.gz: ids of plain text by Debian's sentencepiece, on a corpus made to be hard.

A line is {"text", "ids"}, or for the huge inputs {"repeat", "times", "count", "ids_sha256"}, where ids_sha256 is the
SHA-256 of the ids in decimal joined by commas. Usage: tokenizer_goldens.py [tokenizer.model [output]]
"""
import hashlib
import json
import os
import random
import sys

import data
from prepare import write_gz

SCRIPTS = {
    "latin": "The quick brown fox — “naïve” café, Straße, œuvre; Łódź İstanbul ıI ﬁ ﬂ ǆ",
    "latin2": "Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy. Đức Việt Nguyễn",
    "greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Ἐν ἀρχῇ ἦν ὁ λόγος",
    "cyrillic": "Съешь же ещё этих мягких французских булок, да выпей чаю. Їжак ѣ",
    "hebrew": "דג סקרן שט בים מאוכזב. בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "arabic": "نص حكيم له سر قاطع وذو شأن عظيم. مُحَمَّدٌ ﷺ ٠١٢٣",
    "persian": "می‌خواهم این را بنویسم",
    "devanagari": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा। क्षत्रिय ज्ञान",
    "bengali": "আমি কাচঁ খেতে পারি, তাতে আমার কোন ক্ষতি হয় না।",
    "tamil": "நான் கண்ணாடி சாப்பிடுவேன், அதனால் எனக்கு ஒரு கேடும் வராது.",
    "thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน",
    "lao": "ຂອ້ຍກິນແກ້ວໄດ້ໂດຍທີ່ມັນບໍ່ໄດ້ເຮັດໃຫ້ຂອ້ຍເຈັບ",
    "hangul": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.",
    "jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af ㅎㅏㄴㄱㅡㄹ",
    "japanese": "いろはにほへと ちりぬるを。吾輩は猫である。ｶﾀｶﾅ ㌔ ①②③",
    "chinese": "我能吞下玻璃而不伤身体。天地玄黃，宇宙洪荒。",
    "han-extension": "𠮷野家 𠀀𠀁𠀂 丈夫 㐀",
    "georgian": "მინას ვჭამ და არა მტკივა.",
    "armenian": "Կրնամ ապակի ուտել և ինծի անհանգիստ չըներ։",
    "amharic": "ብርጭቆ መብላት እችላለሁ። አይጎዳኝም",
    "khmer": "ខ្ញុំអាចញុំកញ្ចក់បាន ដោយគ្មានបញ្ហារ",
    "tibetan": "ཤེལ་སྒོ་ཟ་ནས་ང་ན་གི་མ་རེད།",
    "cherokee": "ᏍᏏᏉᏯ ᎠᎴ Ꭰ",
    "cuneiform": "𒀀𒁀𒂀 𓀀𓁐 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒳",
    "math": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, ∫₀^∞ e^{−x²} dx = √π/2 ≠ ∅ ½ ⅔ x² H₂O",
    "latex": "\\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} = \\boxed{42} $x_1$ \\(y\\)",
    "code": "def f(x):\n\treturn {k: v**2 for k, v in x.items() if v != 0}  # ok\n\nfor (int i = 0; i < n; ++i) { a[i] += 1; }\r\n",
    "json": "{\"a\": [1, 2.50, -3e-10, null, true], \"b\\u0041\": \"\\n\"}",
    "numbers": "0 00 007 1234567890 3.14159 1,000,000 1/2 16-3=<<16-3=13>>13 $18 50% 2^10 0x1F600 ¼ Ⅷ ٣ ३ ３ 𝟛",
    "url": "https://example.org/a%20b?c=d&e=f#g user+tag@example.org C:\\dir\\file.txt /usr/lib",
    "html": "<br/> <p class=\"x\">&amp;&lt;</p> <!-- c --> &nbsp;",
}
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "☺", "☺︎", "☺️", "1️⃣", "👩🏿‍🚀", "🧑‍🤝‍🧑", "🫠🫡", "©®™", "♀♂⚧"]
COMBINING = ["e\u0301", "é", "a\u0308\u0301\u0323", "Z̶̡a̷͜l̸g̶o̵", "ｎ\u0303", "\u0301", "\u0301\u0301 x", "q\u0307\u0323", "각 각", "ﷺ", "ſ ﬀ K Å"]
WHITESPACE = [" ", "  ", "   ", "    ", "     ", "        ", "\t", "\t\t", "\n", "\n\n", "\n\n\n", "\r\n", "\r", "\v", "\f", "\u00a0", "\u00a0\u00a0",
              "\u3000", "\u3000\u3000a", "\u2003", "\u2009", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u2028", "\u2029", "\u0085", "\u1680", "\u202f", "\u205f",
              " a", "a ", " a ", "  a", "a  ", "  a  b   c    ", "\na", "a\n", "\n a\n  b\n   c\n", "a\tb\t\tc", " \n \n ", "\t \t ", "a \n", "a\n \nb",
              ".\n\n", ". \n", ".  The", ",  and", "a\u00a0b", "a\u3000b", "The\u2009end", "a\u200bb", "\ufeffa"]
CONTROL = ["<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>", "<|im_start|>user\nHi<|im_end|>\n", "a<|im_end|>b", "</s></s>", "<s>a</s>",
           " <s> ", "<|im_start|>assistant\n", "<|im_start|", "|im_end|>", "<|endoftext|>", "<|eot_id|>", "[INST] x [/INST]", "<0x0A>", "<0x41>", "a<0xFF>b", "<0x00>", "<0x0a>",
           "<<SYS>>", "<start_of_turn>", "<|IM_START|>", "<|im_start|>" * 5, "<</s>>", "< s >", "<s", "s>"]
MARKERS = ["\u2581", "\u2581\u2581", "a\u2581b", " \u2581 ", "\u2581the", "\u2581 the", "the\u2581", "\u2581\n\u2581", " \u2581", "\u2581 ", "\u2582\u2580", "⁇", " ⁇ ", "\u2047", "\ufffd", "\ufffd\ufffda"]
PRIVATE = ["\ue000", "\uf8ff", "a\ue000b", "\U000f0000", "\U0010fffd", "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\u0378", "\ue000\ue001 \ue002"]
SINGLE = [chr(c) for c in range(33, 127)] + ["é", "ß", "п", "字", "あ", "한", "ا", "ש", "क", "ก", "😀", "€", "—", "’", "“", "”", "…", "•", "×", "÷", "°"]
EDGE = ["", "a", "aa", "aaa", "aaaa", "aaaaa", "aaaaaaaaaaaaaaaaa", "A", "AAAA", "ab" * 40, "the" * 30, "The The the the", " the" * 20, "....", "....." * 9, "!!!!!!!", "-----", "=====" * 5,
        "---\n---", "hahahahahahaha", "I'm don't won't we'll", "I’m don’t", "U.S.A.", "e.g., i.e.", "CamelCaseWord snake_case_word kebab-case", "ALL CAPS TEXT", "mIxEd CaSe",
        "supercalifragilisticexpialidocious", "pneumonoultramicroscopicsilicovolcanoconiosis", "Donaudampfschifffahrtsgesellschaft", "0" * 50, "1234567890" * 7, "x" * 300, "😀" * 50, "\u0301" * 40, "\u2581" * 33, "\n" * 33, "\t" * 33, " " * 33, " " * 300]


def natural(rng, size):
    """Running text from the committed test splits, so that the corpus needs nothing else."""
    rows = data.test_rows("hh-helpful")
    out, total = [], 0
    while total < size:
        r = rng.choice(rows)
        out.append(r["prompt"] + "\n\n" + r["chosen"])
        total += len(out[-1].encode()) + 2
    return "\n\n".join(out)


def texts():
    rng = random.Random(20)
    yield from SCRIPTS.values()
    for group in (EMOJI, COMBINING, WHITESPACE, CONTROL, MARKERS, PRIVATE, SINGLE, EDGE):
        yield from group
    for c in list(range(32)) + [127] + list(range(128, 160, 5)):  # NUL, C0, DEL, some of C1
        yield chr(c)
        yield "a" + chr(c) + "b"
    yield "a\0b\0\0c \0"
    yield "\0" * 20
    yield " ".join(SCRIPTS.values())
    yield "".join(EMOJI)
    yield " ".join(EMOJI)
    for name in data.ALL:  # real text
        rows = data.test_rows(name)
        for r in rng.sample(rows, 8):
            yield "assistant\n" + r["chosen"]
            yield r["prompt"]
    pool = list("".join(SCRIPTS.values()) + "".join(EMOJI) + "".join(WHITESPACE) + "".join(MARKERS) + "".join(PRIVATE) + "\0\1\x1b")
    words = natural(random.Random(1), 20000).split(" ")
    for _ in range(60):  # characters of everything, shuffled
        yield "".join(rng.choice(pool) for _ in range(rng.randint(1, 60)))
    for _ in range(60):  # words and odd pieces, mixed
        yield "".join(rng.choice([rng.choice(words) + rng.choice(["", " ", "  ", "\n"]), rng.choice(pool), rng.choice(WHITESPACE), rng.choice(CONTROL), rng.choice(MARKERS)]) for _ in range(rng.randint(2, 30)))
    for _ in range(40):  # letters only: long words which no vocabulary has
        yield "".join(rng.choice("etaoinshrdlu ETAOIN") for _ in range(rng.randint(5, 120)))
    yield natural(random.Random(2), 4000)
    yield natural(random.Random(3), 100_000)


HUGE = [("a", 100_000), ("A", 100_000), (" ", 100_000), ("\n", 100_000), ("\t", 100_000), ("\u2581", 34_000), ("😀", 25_000), ("👨‍👩‍👧‍👦", 4_000), ("字", 34_000), ("\0", 100_000),
        ("ab", 50_000), (" a", 50_000), ("a ", 50_000), ("1", 100_000), ("é", 50_000), ("the quick brown fox ", 5_000), ("<|im_end|>\n", 9_000), ("-", 100_000), (" \n", 50_000), ("е\u0301", 25_000)]


def main():
    import sentencepiece
    model = sys.argv[1] if len(sys.argv) > 1 else os.path.join(data.HERE, "tokenizer.model")
    out = sys.argv[2] if len(sys.argv) > 2 else os.path.join(data.HERE, "tokenizer-goldens.jsonl.gz")
    sp = sentencepiece.SentencePieceProcessor(model_file=model)
    result, seen = [], set()
    for text in texts():
        if text not in seen:
            seen.add(text)
            result.append({"text": text, "ids": sp.encode(text)})
    for piece, times in HUGE:
        ids = sp.encode(piece * times)
        result.append({"repeat": piece, "times": times, "count": len(ids),
                       "ids_sha256": hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()})
    write_gz(out, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in result))
    print(len(result), "lines,", os.path.getsize(out), "bytes")


if __name__ == "__main__":
    main()
