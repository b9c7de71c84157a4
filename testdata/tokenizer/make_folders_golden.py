"""Records AutoTokenizer's results for several thousand small folders: every class that a Llama folder may name, with
each file and each flag. Writes folders.json.gz: vocabularies, recipes and answers (ids and texts; null: refused).

    python make_folders_golden.py OUT
"""
import base64
import gzip
import json
import logging
import os
import random
import shutil
import sys
import tempfile
import warnings

from random_folders import more_bases, random_flags
from sentencepiece import sentencepiece_model_pb2

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
from transformers import AutoTokenizer  # noqa: E402

logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = os.path.join(HERE, "..", "default-model")
FIRST = 600
RANDOM = 1000

# Texts with a hole are last.
TEXTS = [
    "Hello world", " two  blanks, it 's .\n", "<s>a</s> b<unk>", "x\u2581<PRE> y <t>z <bos>", "\u00e9\u65e5<|end|> <eos>", "",
    "one<FILL_ME>", "a<FILL_ME>b <FILL_ME>c", "the <HOLE>one", "<FILL_ME>b", "a b<FILL_ME> c</s> d",
]


def added(token_id, content, special=True, **flags):
    token = dict(single_word=False, lstrip=False, rstrip=False, normalized=not special)
    return {"id": token_id, "content": content, **token, **flags, "special": special}


def kept():
    """Pieces of the default model that the folders keep: the first ones including bytes, and all characters."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(open(os.path.join(DEFAULT, "tokenizer.model"), "rb").read())
    pieces = [piece for index, piece in enumerate(proto.pieces) if index < FIRST or len(piece.piece) == 1]
    del proto.pieces[:]
    proto.pieces.extend(pieces)
    proto.trainer_spec.vocab_size = len(pieces)
    return proto


def cut_json():
    """The default model's tokenizer.json with only those pieces."""
    state = json.load(open(os.path.join(DEFAULT, "tokenizer.json")))
    model = state["model"]
    vocab = {piece.piece: index for index, piece in enumerate(kept().pieces)}
    merges = [merge if isinstance(merge, list) else merge.split(" ") for merge in model["merges"]]
    model["merges"] = [merge for merge in merges if all(part in vocab for part in (*merge, "".join(merge)))]
    model["vocab"] = vocab
    return state


def sections():
    """The folders' tokenizer.json, without the vocabularies."""
    state = cut_json()
    words = state.pop("model")
    models = {"words": words, "bytes": json.load(gzip.open(os.path.join(HERE, "components.json.gz")))["models"]["bytes"]}
    count = len(models["bytes"]["vocab"])
    legacy = [{"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]
    byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    split = {"type": "Split", "pattern": {"Regex": r"\p{N}{1,3}| ?\p{L}+|\s+|[^\s\p{L}\p{N}]+"}, "behavior": "Isolated", "invert": False}
    begin = {"SpecialToken": {"id": "<|begin|>", "type_id": 0}}
    rest = {key: None for key in ("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor")}
    template = {
        "type": "TemplateProcessing", "single": [begin, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [begin, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<|begin|>": {"id": "<|begin|>", "ids": [count], "tokens": ["<|begin|>"]}},
    }
    special = [added(0, "<s>"), added(count, "<|begin|>"), added(count + 1, "<|end|>")]
    raw = {**rest, "version": "1.0", "decoder": byte_level}
    return models, {
        "words": {**state, "model": "words"},
        "legacy": {**state, "normalizer": {"type": "Sequence", "normalizers": legacy}, "pre_tokenizer": None, "model": "words"},
        "known": {**state, "added_tokens": state["added_tokens"] + [added(900, "\u2581a", False), added(5, "e", False)], "model": "words"},
        "top": {**raw, "pre_tokenizer": byte_level, "added_tokens": [added(0, "<s>")], "model": "bytes"},
        "top off": {**raw, "pre_tokenizer": {**byte_level, "add_prefix_space": False}, "post_processor": template, "added_tokens": special, "model": "bytes"},
        "bytes": {**raw, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, {**byte_level, "add_prefix_space": False, "use_regex": False}]},
                  "post_processor": template, "added_tokens": special, "model": "bytes"},
    }


# Each is a tokenizer_config.json; fields that begin with "@" are other files.
NAMES = {"bos_token": "<|begin|>", "eos_token": "<|end|>"}
TABLE = {"added_tokens_decoder": {"800": {"content": "<t>", "special": False}, "1": {"content": "<s>", "special": True}}}
FLAGS = [
    {}, {"add_bos_token": False}, {"add_eos_token": True}, {"add_bos_token": True, "add_eos_token": True}, {"add_bos_token": None}, {"add_eos_token": None},
    NAMES, {**NAMES, "add_bos_token": False}, {**NAMES, "add_eos_token": True}, {"bos_token": None}, {"bos_token": None, "add_bos_token": False},
    {"eos_token": None, "add_eos_token": True}, {"unk_token": None}, {"pad_token": "<unk>"}, {"unk_token": {"content": "<u>", "lstrip": True}},
    {"add_prefix_space": True}, {"add_prefix_space": False}, {"add_prefix_space": None}, {"add_prefix_space": False, "legacy": False},
    {"add_prefix_space": True, "legacy": False}, {"legacy": True}, {"legacy": False}, {"legacy": None}, {"use_default_system_prompt": True},
    {"clean_up_tokenization_spaces": True}, {"clean_up_tokenization_spaces": False}, {"split_special_tokens": True}, {"padding_side": "right"},
    {"additional_special_tokens": ["<t>", "one"]}, {"extra_special_tokens": {"image_token": "<t>"}}, {**TABLE}, {**TABLE, "legacy": False},
    {**TABLE, "@special_tokens_map.json": {"bos_token": "<t>"}}, {"tokenizer_file": None}, {"vocab_file": None}, {"model_max_length": 9},
    {"@special_tokens_map.json": {"bos_token": "<t>", "eos_token": {"content": "</s>", "lstrip": True}}, "add_eos_token": True},
    {"@special_tokens_map.json": {"additional_special_tokens": ["<t>"], "pad_token": "<pad>"}}, {"@added_tokens.json": {"<t>": 900}},
    {"added_tokens_decoder": {"1": {"content": "<t>", "special": True}}}, {"@special_tokens_map.json": {"pad_token": None}, "pad_token": "<t>"},
    {"unk_token": {"__type": "AddedToken", "content": "<u>", "lstrip": True}}, {"@special_tokens_map.json": {"unk_token": "<u>"}, "unk_token": {"content": "x"}},
    {"@config.json": {"model_type": "llama", "tokenizer_class": "PreTrainedTokenizerFast"}}, {"@config.json": None},
    {"@config.json": {"model_type": "llama", "tokenizer_class": "NoTokenizer"}}, {"fill_token": "<HOLE>"}, {"fill_token": None},
    {"prefix_token": None}, {"middle_token": "<t>"}, {"suffix_token": "one", "add_eos_token": True}, {"suffix_first": True},
    {"add_bos_token": False, "add_eos_token": True, "suffix_token": None}, {"spaces_between_special_tokens": True}, {"@tokenizer_config.json": None},
]
ABSENT = "absent"
CLASSES = [
    ABSENT, None, "LlamaTokenizer", "CodeLlamaTokenizerFast", "GemmaTokenizer", "PreTrainedTokenizerFast", "GPT2Tokenizer", "Qwen2Tokenizer",
    "GPTNeoXTokenizerFast", "CohereTokenizerFast", "BloomTokenizerFast",
]
# Refused classes, and second names; with the first flags only.
ALSO = [
    "LlamaTokenizerFast", "CodeLlamaTokenizer", "GemmaTokenizerFast", "PreTrainedTokenizer", "GPT2TokenizerFast", "Qwen2TokenizerFast", "CodeGenTokenizer",
    "", "LLaMATokenizer", "TokenizersBackend", "LlamaForCausalLM", "T5Tokenizer", "BertTokenizer", "XLMRobertaTokenizerFast", "ByT5Tokenizer", "llamatokenizer",
]
FILES = [[name, False] for name in ("words", "legacy", "known", "top", "top off", "bytes")]
FILES += [[None, True], ["words", True], ["bytes", True]]


def files_of(bases, models, model, recipe):
    name, file, flags = recipe
    base, has_model = file
    config = {key: value for key, value in flags.items() if not key.startswith("@")}
    if name != ABSENT:
        config["tokenizer_class"] = name
    files = {"config.json": {"model_type": "llama"}, "tokenizer_config.json": config}
    if base is not None:
        files["tokenizer.json"] = {**bases[base], "model": models[bases[base]["model"]]}
    files.update({key[1:]: value for key, value in flags.items() if key.startswith("@")})
    out = {path: json.dumps(value).encode() for path, value in files.items() if value is not None}
    if has_model:
        out["tokenizer.model"] = model
    return out


def tried(run):
    try:
        return run()
    except Exception:
        return None


def answer(folder):
    tokenizer = tried(lambda: AutoTokenizer.from_pretrained(folder))
    if tokenizer is None or not tokenizer or not tokenizer.is_fast:
        return None
    # After filling a hole a tokenizer keeps another normalizer, so each text gets a new one.
    fills = type(tokenizer).__name__ == "CodeLlamaTokenizerFast"
    fresh = (lambda: AutoTokenizer.from_pretrained(folder)) if fills else (lambda: tokenizer)
    ids = [tried(lambda: fresh().encode(text)) for text in TEXTS]
    decoded = [None if row is None else tried(lambda: tokenizer.decode(row)) for row in ids[:6]]
    named = [tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id, tokenizer.pad_token_id]
    special = sorted({i for i in tokenizer.all_special_ids if i is not None})
    pair = tried(lambda: fresh().encode("a", "b c"))
    return {"ids": ids, "decoded": decoded, "pair": pair, "length": len(tokenizer), "side": tokenizer.padding_side, "named": named, "special": special}


def main():
    models, bases = sections()
    model = kept().SerializeToString()
    wanted = []
    for name in CLASSES + ALSO:
        for file in FILES:
            for flags in FLAGS if name in CLASSES else FLAGS[:1]:
                if flags.get("@tokenizer_config.json", 0) is not None or name == ABSENT:
                    wanted.append((name, file, flags))
    pick = random.Random(5)
    bases.update(more_bases(bases))
    files = FILES + [[base, has_model] for base in bases for has_model in (False, True) if [base, has_model] not in FILES]
    wanted += [(pick.choice(CLASSES), pick.choice(files), random_flags(pick)) for _ in range(RANDOM)]
    all_flags, results, rows, folders = [], {}, [], []
    for name, file, flags in wanted:
        # Without a config.json the reference searches the folder's name for model types: this name has none.
        folder = os.path.join(tempfile.gettempdir(), "0000")
        os.makedirs(folder)
        try:
            for path, content in files_of(bases, models, model, (name, file, flags)).items():
                with open(os.path.join(folder, path), "wb") as out:
                    out.write(content)
            text = json.dumps(answer(folder), sort_keys=True)
        finally:
            shutil.rmtree(folder)
        if text not in results:
            results[text] = len(rows)
            rows.append(json.loads(text))
        if flags not in all_flags:
            all_flags.append(flags)
        folders.append([(CLASSES + ALSO).index(name), files.index(file), all_flags.index(flags), results[text]])
    golden = {"texts": TEXTS, "models": models, "bases": bases, "model": base64.b64encode(model).decode(), "classes": CLASSES + ALSO,
              "files": files, "flags": all_flags, "folders": folders, "results": rows}
    with open(sys.argv[1], "wb") as out:
        out.write(gzip.compress(json.dumps(golden, separators=(",", ":")).encode(), 9, mtime=0))
    print(len(folders), "folders,", len(rows), "answers")


if __name__ == "__main__":
    main()
