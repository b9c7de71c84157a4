"""Records the tokenizers library's results for every kind of normalizer, pre-tokenizer, post-processor, decoder and
added token: components.json.gz. Ids and decoded texts only; the small vocabularies are trained here.

    python make_components.py TEXT UNIGRAM_MODEL OUT
"""
import gzip
import json
import random
import sys

from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers as N, pre_tokenizers as P, processors
from tokenizers.trainers import BpeTrainer

text_file, unigram_file, out = sys.argv[1:]
corpus = open(text_file).read()[:60000]
here = __file__.rsplit("/", 1)[0]
source = open(f"{here}/make_golden.py").read()
scope = {"random": random, "arguments": type("Arguments", (), {"seed": 99})}
exec(source[source.index("pick = random"):source.index("def python_files")], scope)  # The same hard strings.
TEXTS = list(dict.fromkeys(scope["hard_string"]() for _ in range(120))) + [
    "ab  cd", " lead", "trail ", "", "a<x>b", "A <X> b", "foo<x> bar", "  <y>  z", "wordtok", "tok word", "\u0130I \u01c5 \u0391\u03a3 \u0391\u03a3. \ufb01",
]


def trained(byte_level, vocab_size=600, **options):
    tokenizer = Tokenizer(models.BPE(unk_token=None if byte_level else "<unk>", **options))
    if byte_level:
        tokenizer.pre_tokenizer = P.ByteLevel(add_prefix_space=False)
        trainer = BpeTrainer(vocab_size=vocab_size, special_tokens=["<s>"], initial_alphabet=P.ByteLevel.alphabet(), show_progress=False)
    else:
        tokenizer.pre_tokenizer = P.Metaspace()
        special = ["<unk>", "<s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["\u2581"]
        trainer = BpeTrainer(vocab_size=vocab_size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([corpus], trainer)
    state = json.loads(tokenizer.to_str())
    state["pre_tokenizer"] = None
    return json.dumps(state)


BYTES = trained(True)
FALLBACK = trained(False, byte_fallback=True, fuse_unk=True)
UNKNOWN = trained(False)
FUSED = trained(False, fuse_unk=True)
proto = sentencepiece_model_pb2.ModelProto()
proto.ParseFromString(open(unigram_file, "rb").read())
UNIGRAM = Tokenizer(models.Unigram([(piece.piece, piece.score) for piece in proto.pieces], unk_id=0, byte_fallback=True)).to_str()
bases = {"bytes": BYTES, "fallback": FALLBACK, "unknown": UNKNOWN, "fused": FUSED, "unigram": UNIGRAM}
cases = []


def add(name, base, norm=None, pre=None, decoder=None, post=None, added=()):
    tokenizer = Tokenizer.from_str(bases[base])
    for part, value in (("normalizer", norm), ("pre_tokenizer", pre), ("decoder", decoder), ("post_processor", post)):
        if value is not None:
            setattr(tokenizer, part, value)
    for token, special in added:
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)([token])
    state = json.loads(tokenizer.to_str())
    ids = [tokenizer.encode(text).ids for text in TEXTS]
    decoded = [tokenizer.decode(row, skip_special_tokens=False) for row in ids]
    sections = {key: state[key] for key in ("added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder")}
    cases.append({"name": name, "base": base, "sections": sections, "ids": ids,
                  "decoded": [None if value == TEXTS[k] else value for k, value in enumerate(decoded)]})


plain_bytes = P.ByteLevel(add_prefix_space=False, use_regex=False)
to_bytes, to_blanks = decoders.ByteLevel(), decoders.Metaspace()
fallback = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])


def split(*patterns):
    steps = [P.Split(Regex(pattern), "isolated") if isinstance(pattern, str) else pattern for pattern in patterns]
    return P.Sequence(steps + [plain_bytes])


TAIL = r"\s*[\r\n]+|\s+(?!\S)|\s+"
CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
add("GPT-2", "bytes", None, P.ByteLevel(add_prefix_space=True), to_bytes, processors.ByteLevel(trim_offsets=True))
add("one digit", "bytes", None, split(CASES + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + TAIL), to_bytes)
add("possessive", "bytes", None, split(CASES + r"|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"), to_bytes)
add("by case", "bytes", None, split(rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CASES}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CASES}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + TAIL), to_bytes)
add("many splits", "bytes", None, split("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", P.Digits(individual_digits=True)), to_bytes)
add("punctuation", "bytes", None, split(r"\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f]+", r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|" + TAIL), to_bytes)
for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
    for invert in (False, True):
        add(f"{behavior} {invert}", "bytes", None, split(P.Split(Regex(r"\w+|\b."), behavior, invert)), to_bytes)
for step in (P.Digits(), P.Whitespace(), P.WhitespaceSplit(), P.Punctuation(), P.CharDelimiterSplit("e")):
    add(type(step).__name__, "bytes", None, split(step), to_bytes)
for scheme in ("always", "first", "never"):
    for cut in (True, False):
        add(f"Metaspace {scheme} {cut}", "fallback", None, P.Metaspace(prepend_scheme=scheme, split=cut), decoders.Metaspace(prepend_scheme=scheme), None, [("<s>", True)])
for norm in (N.NFC(), N.NFD(), N.NFKC(), N.NFKD(), N.Lowercase(), N.Strip(), N.Strip(right=False), N.Sequence([N.NFD(), N.StripAccents()]), N.Nmt(),
             N.Replace("e", "\u00e9\u00e9"), N.Replace(Regex(" {2,}"), "\u2581"), N.Replace(Regex(r"(?<=[a-m])[n-z]|^a|\d+$"), "X"),
             N.Sequence([N.Prepend("\u2581"), N.Replace(" ", "\u2581")])):
    add(f"{type(norm).__name__} bare", "fallback", norm, None, fallback)
    add(f"{type(norm).__name__} fused", "fused", norm, P.Metaspace(prepend_scheme="first", split=False), to_blanks)
add("unknown characters", "unknown", None, P.Metaspace(), to_blanks)
T = AddedToken
add("added tokens", "fallback", N.Lowercase(), P.Metaspace(), to_blanks, None, [
    (T("<x>", lstrip=True, normalized=False), False), (T("<Y>", rstrip=True, normalized=True), False), (T("tok", single_word=True), False),
    (T("<s>", lstrip=True, rstrip=True), True), (T("'s"), False), (T("the", normalized=False, single_word=True), False)])
add("more added tokens", "bytes", None, P.ByteLevel(add_prefix_space=True), to_bytes, processors.ByteLevel(), [
    (T("<x>", rstrip=True), True), (T(" "), False), (T("at"), False), (T("attention"), False), (T("ten"), True)])
add("Roberta", "bytes", None, P.ByteLevel(), to_bytes, processors.RobertaProcessing(("<s>", 0), ("<s>", 0)))
add("Bert", "bytes", None, P.ByteLevel(), to_bytes, processors.BertProcessing(("<s>", 0), ("<s>", 0)))
add("no decoder", "fallback", None, P.Metaspace())
add("unigram", "unigram", None, P.Metaspace(), to_blanks)
charsmap = N.Precompiled(bytes(proto.normalizer_spec.precompiled_charsmap))
add("charsmap", "unigram", N.Sequence([charsmap, N.Replace(Regex(" {2,}"), " ")]), P.Metaspace(), to_blanks)
for case in cases:  # The test reinserts the blob from the model file.
    for norm in (case["sections"]["normalizer"] or {}).get("normalizers", []):
        if norm["type"] == "Precompiled":
            norm["precompiled_charsmap"] = "CHARSMAP"
models_only = {name: json.loads(state)["model"] for name, state in bases.items() if name != "unigram"}
data = json.dumps({"texts": TEXTS, "models": models_only, "cases": cases}, separators=(",", ":")).encode()
with open(out, "wb") as file:
    file.write(gzip.compress(data, 9, mtime=0))
print(len(cases), "cases")
