"""The reference's readers, run by differential.ts: read files from stdin, write the result of each to stdout.

In: a kind's letter, a little-endian u32 length, that many bytes. Out: the same length and JSON: {"read": ...} or
{"refused": "message"}. differential_kinds.ts describes each kind's answer.
"""
import hashlib
import json
import os
import struct
import sys
import tempfile

TEXTS = json.loads(sys.argv[1])
FOLDER = tempfile.mkdtemp(prefix="llama-differential-")
answers = os.fdopen(os.dup(1), "wb")
# Output of native code must not mix with the answers.
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def safetensors(path, content):
    from safetensors import deserialize, safe_open

    with safe_open(path, framework="np") as file:
        metadata = file.metadata()
        names = sorted(file.keys())
    tensors = {
        name: [tensor["dtype"], tensor["shape"], hashlib.sha1(bytes(tensor["data"])).hexdigest()]
        for name, tensor in deserialize(content)
    }
    assert sorted(tensors) == names, "safe_open and deserialize name other tensors"
    return {"tensors": tensors, "metadata": metadata or {}}


def sentencepiece(path, content):
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor()
    model.Load(path)
    return {
        "pieces": [model.IdToPiece(i) for i in range(model.GetPieceSize())],
        "unk": model.unk_id(),
        "encoded": [model.EncodeAsPieces(text) for text in TEXTS],
        "decoded": [model.DecodePieces(model.EncodeAsPieces(text)) for text in TEXTS],
    }


def tokenizers(path, content):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encoded = [tokenizer.encode(text).ids for text in TEXTS]
    return {
        "vocabulary": tokenizer.get_vocab_size(),
        "encoded": encoded,
        "decoded": [tokenizer.decode(ids, skip_special_tokens=False) for ids in encoded],
    }


FIELDS = """vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads head_dim
hidden_act max_position_embeddings rms_norm_eps rope_theta tie_word_embeddings attention_bias mlp_bias""".split()


def config(path, content):
    import torch
    from transformers import AutoConfig, LlamaConfig, LlamaForCausalLM

    read = AutoConfig.from_pretrained(path)
    assert isinstance(read, LlamaConfig), f"model_type {read.model_type}"
    # A config only counts as valid once a model of it runs, if that is small enough to try.
    sizes = (read.vocab_size, read.intermediate_size, read.num_attention_heads * (read.head_dim or 1))
    if read.num_hidden_layers <= 64 and read.hidden_size * max(sizes) <= 1e6:
        with torch.no_grad():
            LlamaForCausalLM(read)(torch.zeros((1, 3), dtype=torch.long))
    return {name: getattr(read, name) for name in FIELDS}


READERS = {
    "s": (safetensors, "model.safetensors"),
    "m": (sentencepiece, "tokenizer.model"),
    "j": (tokenizers, "tokenizer.json"),
    "c": (config, "config.json"),
}


def answer(letter, content):
    reader, name = READERS[letter]
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as file:
        file.write(content)
    try:
        read = reader(path, content)
        json.dumps(read, allow_nan=False)
        return {"read": read}
    # A Rust panic is not an Exception.
    except BaseException as error:
        return {"refused": f"{type(error).__name__}: {error}".replace(FOLDER + "/", "")[:600]}


try:
    while head := sys.stdin.buffer.read(5):
        letter, length = struct.unpack("<cI", head)
        text = json.dumps(answer(letter.decode(), sys.stdin.buffer.read(length))).encode()
        answers.write(struct.pack("<I", len(text)) + text)
        answers.flush()
finally:
    import shutil

    shutil.rmtree(FOLDER, ignore_errors=True)
