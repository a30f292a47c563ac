"""Writes eval/*.jsonl.gz (the test splits) and tokenizer.model, from the folder GATEWAY_DATA."""
import gzip
import io
import json
import os
import sys

import data


def write_gz(path, text):
    with open(path, "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as z:
            z.write(text.encode("utf-8"))


def eval_files():
    os.makedirs(data.EVAL, exist_ok=True)
    for name in data.ALL:
        rows = [r for r in data.lines(os.path.join(data.data_folder(), name + ".jsonl.gz"))
                if r.get("split", "test") == "test"]
        write_gz(os.path.join(data.EVAL, name + ".jsonl.gz"),
                 "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
        print(name, len(rows), "test pairs")


def corpus():
    """Every distinct text of the training splits, newlines kept: newline must become an ordinary piece."""
    seen = set()

    def once(text):
        if text and text not in seen:
            seen.add(text)
            yield text

    for name in data.TRAINED:
        for r in data.train_rows(name):
            for m in data.prompt_messages(name, r["prompt"]):
                yield from once(m["role"] + "\n" + m["content"])
            yield from once("assistant\n" + r["chosen"])
            yield from once("assistant\n" + r["rejected"])
    for r in data.lines(os.path.join(data.data_folder(), "gsm8k-train.jsonl.gz")):
        yield from once("user\n" + r["question"])
    for r in data.lines(os.path.join(data.data_folder(), "math500.jsonl.gz")):
        yield from once("assistant\n" + r["solution"])


def tokenizer(kind, vocabulary, path):
    import sentencepiece
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=corpus(), model_writer=model, model_type=kind, vocab_size=vocabulary,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=False,
        byte_fallback=True, split_digits=True, allow_whitespace_only_pieces=True, character_coverage=0.9999,
        unk_id=0, bos_id=1, eos_id=2, pad_id=3, control_symbols=["<|im_start|>", "<|im_end|>"],
        max_sentence_length=100000, num_threads=1, minloglevel=1)
    with open(path, "wb") as f:
        f.write(without_repeats(model.getvalue()) if kind == "bpe" else model.getvalue())


def without_repeats(serialized):
    """Drops every learnt piece that is one string repeated ("..", "  ", "ll", "haha").

    Such a piece is merged from two equal halves, so in a longer run ("...") two overlapping merges tie. Sentencepiece
    takes the leftmost; other readers of the same file (Microsoft.ML.Tokenizers 2.0.1) do not always. Without these
    pieces there is no tie and both give the same ids. Pieces that can no longer be reached by merges go as well.
    """
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(serialized)
    normal = sentencepiece_model_pb2.ModelProto.SentencePiece.NORMAL

    def keep(wanted):
        kept = [p for p in proto.pieces if p.type != normal or wanted(p.piece)]
        removed = len(proto.pieces) - len(kept)
        del proto.pieces[:]
        proto.pieces.extend(kept)
        proto.trainer_spec.vocab_size = len(kept)
        return removed

    repeats = keep(lambda s: s not in (s + s)[1:-1])
    while True:
        sp = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
        dead = keep(lambda s: len(sp.encode(s)) == 1)
        print(len(proto.pieces), "pieces after dropping", repeats, "repeats and", dead, "unreachable")
        if not dead:
            return proto.SerializeToString()


if __name__ == "__main__":
    eval_files()
    kind, vocabulary, path = (sys.argv[1:] + [None] * 3)[:3]
    tokenizer(kind or "bpe", int(vocabulary or 12000), path or os.path.join(data.HERE, "tokenizer.model"))
