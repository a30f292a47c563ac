"""Writes tokenizers/: tiny SentencePiece models, a hard corpus, and its ids by Debian's sentencepiece.

Needs python3-sentencepiece and the folder GATEWAY_DATA. Usage: make_tokenizers.py

corpus.jsonl.gz has one {"text"} or {"repeat", "times"} a line; <model>.ids.gz has its ids, one line each in decimal, or
for repeats their count and the SHA-256 of that line. The training text is the train split of hh-helpful, hh-harmless (MIT,
anthropics/hh-rlhf) and pandalm (Apache-2.0, WeOpenML/PandaLM), and MULTILINGUAL below.

User-defined symbols are ours to find in template text, never sentencepiece's in plain text, so the ids are those of a
copy of the model in which each is a control symbol: sentencepiece does not look for those.
"""
import gzip
import hashlib
import io
import json
import os
import random

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as schema

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokenizers")
PIECE = schema.ModelProto.SentencePiece

MULTILINGUAL = """
Ein Gespräch über Bücher, Straßen und schöne Gärten. L'été dernier, la forêt était à nous; où es-tu, garçon? El niño comió piñas.
Zażółć gęślą jaźń. Příliš žluťoučký kůň. Đức và Việt. İstanbul'da ılık bir gün. Ἐν ἀρχῇ ἦν ὁ λόγος. Το γρήγορο καφέ αλεπού.
Быстрая лиса прыгает через ленивую собаку. Це їжа. שלום עולם, מה שלומך היום? مرحبا بالعالم، كيف حالك اليوم؟ می‌خواهم بخوانم.
नमस्ते दुनिया, आप कैसे हैं? আমি ভাত খাই। வணக்கம் உலகம். สวัสดีชาวโลก วันนี้เป็นอย่างไร 안녕하세요 세계, 오늘은 어떠세요?
こんにちは世界。今日はいい天気ですね。カタカナもあります。你好，世界！今天天气很好，我们去公园吧。吾輩は猫である。
გამარჯობა მსოფლიო. Բարեւ աշխարհ: ሰላም ልዑል። 😀👍❤️ ½ ² x₁ = √2 ≠ ∞
"""

SCRIPTS = [
    "The quick “brown” fox — naïve café, Straße; Łódź İstanbul ıI ﬁ ﬂ ǆ ſ K Å", "Đức Việt Nguyễn gęślą jaźń", "Ξεσκεπάζω την ψυχοφθόρα ὁ λόγος",
    "Съешь же ещё этих мягких французских булок. Їжак ѣ", "בְּרֵאשִׁית בָּרָא אֱלֹהִים", "مُحَمَّدٌ ﷺ ٠١٢٣ نص حكيم", "می‌خواهم این را", "क्षत्रिय ज्ञान ऋषियों को",
    "আমি কাচঁ খেতে পারি", "நான் கண்ணாடி", "เป็นมนุษย์สุดประเสริฐ", "ຂອ້ຍກິນແກ້ວ", "키스의 고유조건은 입술끼리", "\u1112\u1161\u11ab\u1100\u1173\u11af ㅎㅏㄴ 각 각",
    "いろはにほへと ｶﾀｶﾅ ㌔ ①②③ ㈱", "我能吞下玻璃而不伤身体。天地玄黃", "𠮷野家 𠀀𠀁 㐀", "მინას ვჭამ", "Կրնամ ապակի", "ብርጭቆ መብላት", "ខ្ញុំអាច", "ཤེལ་སྒོ་", "ᏍᏏᏉᏯ", "𒀀𒁀 𓀀 𝔘𝔫𝔦 𝒳",
    "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ∫₀^∞ e^{−x²} √π/2 ½ ⅔ Ⅷ ３ 𝟛", "def f(x):\n\treturn {k: v**2}  # ok\r\n", "{\"a\": [1, 2.50, null], \"b\\u0041\": \"\\n\"}",
    "1234567890 3.14159 1,000,000 16-3=<<16-3=13>>13 $18", "https://example.org/a%20b?c=d#g C:\\dir\\f.txt", "<br/> &amp; <!-- c -->",
]
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "☺︎", "1️⃣", "👩🏿‍🚀", "©®™", "🫠🫡"]
COMBINING = ["e\u0301", "a\u0308\u0301\u0323", "Z̶̡a̷͜l̸g̶o̵", "ｎ\u0303", "\u0301", "\u0301\u0301 x", "q\u0307\u0323", "a\u0301" * 20, "\u0301" * 40]
SPACES = [" ", "  ", "   ", " " * 8, " " * 33, "\t", "\t\t", "\n", "\n\n", "\n" * 33, "\r\n", "\r", "\v", "\f", "\u00a0", "\u00a0\u00a0 ", "\u3000a", "\u2003", "\u2009b", "\u200b",
          "\u200c", "\u200d", "\u2060", "\ufeffa", "\u2028", "\u2029", "\u0085", "\u1680", "\u202f", " a", "a ", " a ", "  a", "a  ", "  a  b   c    ", "\n a\n  b\n", "a\tb", " \n \n ", "a \n", ". \n", ".  The",
          "a\u00a0 b", "a \u3000 b", "\u00a0 a", "a \u00a0", "a \u2581", "\u2581 a"]
CONTROL = ["<s>", "</s>", "<unk>", "<pad>", "<s>a</s>", " <s> ", "</s></s>", "<|im_start|>user\nHi<|im_end|>\n", "a<|im_end|>b", "<|im_start|>" * 5, "<|im_start|", "|im_end|>", "<0x0A>", "a<0xFF>b", "<0x00>",
           "[INST] x [/INST]", "<sep>", "the<sep>end", "<|IM_START|>", "< s >", "<s", "s>", "<</s>>"]
MARKERS = ["\u2581", "\u2581\u2581", "a\u2581b", " \u2581 ", "\u2581the", "\u2581 the", "the\u2581", "\u2581\n\u2581", "⁇", " ⁇ ", "\ufffd", "\ufffd\ufffda", "\u2581" * 33, "\u2582\u2580"]
PRIVATE = ["\ue000", "a\ue000b", "\U000f0000", "\U0010fffd", "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\u0378", "\ue000\ue001 \ue002"]
EDGE = ["", "a", "aa", "aaa", "aaaa", "aaaaa", "a" * 17, "A", "AAAA", "ab" * 40, "the" * 30, " the" * 20, "....", "....." * 9, "!!!!!!!", "=====" * 5, "hahahahahaha", "I'm don't won't", "I’m",
        "CamelCase snake_case", "mIxEd CaSe", "pneumonoultramicroscopicsilicovolcanoconiosis", "0" * 50, "1234567890" * 7, "x" * 300, "😀" * 50, "é" * 41, "ll" * 33, "oo o ooo oooo"]
HUGE = [("a", 100_000), ("A", 100_000), ("e", 100_001), (" ", 100_000), ("\n", 100_000), ("\u2581", 34_000), ("😀", 25_000), ("👨‍👩‍👧‍👦", 4_000), ("字", 34_000), ("\0", 100_000), ("ab", 50_000), (" a", 50_000),
        ("a ", 50_000), ("1", 100_000), ("é", 50_000), ("е\u0301", 25_000), ("the quick brown fox ", 5_000), ("thequickbrownfox", 6_000), ("<|im_end|>\n", 9_000), ("-", 100_000), (" \n", 50_000)]

MODELS = {
    "bpe-bytes": dict(model_type="bpe", vocab_size=900, normalization_rule_name="identity", remove_extra_whitespaces=False,
                      add_dummy_prefix=False, byte_fallback=True, control_symbols=["<|im_start|>", "<|im_end|>"], pad_id=3),
    "bpe-nfkc": dict(model_type="bpe", vocab_size=700, normalization_rule_name="nmt_nfkc"),
    "bpe-crossing": dict(model_type="bpe", vocab_size=900, normalization_rule_name="identity", split_by_whitespace=False, byte_fallback=True,
                         remove_extra_whitespaces=False, user_defined_symbols=["<|im_start|>", "<|im_end|>", "<sep>"]),
    "unigram-nfkc": dict(model_type="unigram", vocab_size=700, normalization_rule_name="nmt_nfkc"),
    "unigram-bytes": dict(model_type="unigram", vocab_size=900, normalization_rule_name="identity", remove_extra_whitespaces=False,
                          add_dummy_prefix=False, byte_fallback=True, user_defined_symbols=["<|im_start|>", "<|im_end|>", "<sep>"]),
    "unigram-suffix": dict(model_type="unigram", vocab_size=600, normalization_rule_name="nfkc_cf", treat_whitespace_as_suffix=True),
}
WITH_UNUSED = {"bpe-crossing", "unigram-suffix"}


def write_gz(name, text):
    with open(os.path.join(HERE, name), "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as z:
        z.write(text.encode("utf-8"))


def rows(name):
    with gzip.open(os.path.join(os.environ["GATEWAY_DATA"], name + ".jsonl.gz"), "rt", encoding="utf-8", newline="\n") as f:
        return [r for r in map(json.loads, f) if r.get("split") == "train"]


def training_text():
    rng = random.Random(1)
    out = [line for line in MULTILINGUAL.split("\n") if line] * 4
    for name in ("hh-helpful", "hh-harmless", "pandalm"):
        out += [r["chosen"] for r in rng.sample(rows(name), 200)]
    return out


def train(options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(training_text()), model_writer=model, num_threads=1, minloglevel=2,
                                             character_coverage=0.995, hard_vocab_limit=False, max_sentence_length=100000, **options)
    return schema.ModelProto.FromString(model.getvalue())


def with_unused(proto):
    """Every ninth piece of several characters unused, so that encoders must take such pieces apart again."""
    for p in [p for p in proto.pieces if p.type == PIECE.NORMAL and len(p.piece) > 1][::9]:
        p.type = PIECE.UNUSED


def without_symbols(proto):
    copy = schema.ModelProto.FromString(proto.SerializeToString())
    for p in copy.pieces:
        if p.type == PIECE.USER_DEFINED:
            p.type = PIECE.CONTROL
    return copy


def natural(rng, size):
    pool = rows("hh-helpful") + rows("pandalm")
    out = ""
    while len(out) < size:
        r = rng.choice(pool)
        out += r["prompt"] + "\n\n" + r["chosen"] + "\n\n"
    return out[:size]


def texts():
    for group in (SCRIPTS, EMOJI, COMBINING, SPACES, CONTROL, MARKERS, PRIVATE, EDGE):
        yield from group
    for c in [*range(32), *range(127, 161), 0xad]:
        yield chr(c)
        yield "a" + chr(c) + " b"
    yield "a\0b\0\0c \0"
    yield " ".join(SCRIPTS)
    yield "".join(EMOJI)
    rng = random.Random(2)
    for _ in range(20):
        yield natural(rng, 600)
    pool = list("".join(SCRIPTS + EMOJI + SPACES + MARKERS + PRIVATE) + "\0\1\x1b")
    for _ in range(120):
        yield "".join(rng.choice(pool) for _ in range(rng.randint(1, 80)))
    words = natural(rng, 8000).split(" ")
    for _ in range(120):
        yield "".join(rng.choice([rng.choice(words) + rng.choice(["", " ", "  ", "\n"]), rng.choice(pool), rng.choice(SPACES), rng.choice(CONTROL)]) for _ in range(rng.randint(2, 30)))
    for letters in ("etaoinshrdlu ", "ab ", "aal l", "o.! "):
        for _ in range(40):
            yield "".join(rng.choice(letters) for _ in range(rng.randint(5, 160)))


def main():
    os.makedirs(HERE, exist_ok=True)
    corpus = [{"text": t} for t in dict.fromkeys(texts())]
    corpus += [{"repeat": piece, "times": times} for piece, times in [*HUGE, (natural(random.Random(3), 5000), 20)]]
    write_gz("corpus.jsonl.gz", "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in corpus))
    for name, options in MODELS.items():
        proto = train(options)
        if name in WITH_UNUSED:
            with_unused(proto)
        with open(os.path.join(HERE, name + ".model"), "wb") as f:
            f.write(proto.SerializeToString())
        sp = sentencepiece.SentencePieceProcessor(model_proto=without_symbols(proto).SerializeToString())
        lines = []
        for c in corpus:
            ids = sp.encode(c["text"] if "text" in c else c["repeat"] * c["times"])
            line = " ".join(map(str, ids))
            lines.append(line if "text" in c else f"{len(ids)} {hashlib.sha256(line.encode()).hexdigest()}")
        write_gz(name + ".ids.gz", "".join(line + "\n" for line in lines))
        print(name, len(proto.pieces), "pieces,", os.path.getsize(os.path.join(HERE, name + ".model")), "bytes,", len(lines), "lines")


if __name__ == "__main__":
    main()
