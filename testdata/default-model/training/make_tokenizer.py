"""Trains the SentencePiece BPE vocabulary on one epoch of the corpus and writes both tokenizer forms."""
import json
import os
import shutil
import tempfile

import sentencepiece
from transformers import LlamaTokenizer, LlamaTokenizerFast

from common import MODEL, TOKENIZER_SEED, document_text, epoch_documents

VOCABULARY = 3072
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] | trim }}{{ '\\n' }}"
    "{% elif message['role'] == 'user' %}{{ 'User: ' }}{{ message['content'] | trim }}{{ '\\n' }}"
    "{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' }}{{ message['content'] | trim }}{{ eos_token }}{{ '\\n' }}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
PROBES = [
    "Plants create energy through a process known as", "Hello, world!", "  two  spaces ", "", " ", "\n", "a\nb\n\nc", "tab\there",
    "naïve café – „quoted“ 日本語 😀👍🏽", "User: What is the capital of France?\nAssistant:", "12345 67.89", "<s>User: Hi</s>\nUser: x",
    "H2O and CO2", "ﬁ ligature ½ İ", "e\u0301", "\u00a0nbsp", "AAAAaaaa", "x" * 50, "<unk> </s> <s>", "\U0001F468\u200D\U0001F469",
]


def drop_key(path, key):
    """If the file contained add_prefix_space, transformers would rebuild tokenizer.json at every load."""
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    settings.pop(key, None)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(settings, file, indent=2, ensure_ascii=False)
        file.write("\n")


def main():
    texts = [document_text(d) for d in epoch_documents(TOKENIZER_SEED)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "corpus.txt")
        with open(path, "w", encoding="utf-8") as file:
            for text in texts:
                # The trainer reads line by line; a mark of another script keeps "User" a separate word.
                file.write(text.replace("\n", "#") + "\n")
                if text.startswith("User"):
                    file.write("#" + text.replace("\n", "#") + "\n")
        sentencepiece.SentencePieceTrainer.train(
            input=path, model_prefix=os.path.join(folder, "tokenizer"), model_type="bpe", vocab_size=VOCABULARY,
            byte_fallback=True, split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
            character_coverage=1.0, num_threads=1, unk_id=0, bos_id=1, eos_id=2, pad_id=-1, minloglevel=2,
            required_chars="".join(chr(c) for c in range(33, 127)), max_sentence_length=20000,
        )
        shutil.copy(os.path.join(folder, "tokenizer.model"), MODEL)
    source = os.path.join(MODEL, "tokenizer.model")
    options = dict(vocab_file=source, legacy=False, add_prefix_space=True, add_bos_token=True, add_eos_token=False, pad_token="<unk>",
                   model_max_length=1024, clean_up_tokenization_spaces=False)
    fast = LlamaTokenizerFast(from_slow=True, **options)
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(MODEL, save_jinja_files=False)
    drop_key(os.path.join(MODEL, "tokenizer_config.json"), "add_prefix_space")
    slow = LlamaTokenizer(**options)
    differ = [t for t in PROBES + texts[:5000] if slow(t).input_ids != fast(t).input_ids]
    for text in differ[:20]:
        print("slow and fast differ:", repr(text), slow.tokenize(text), fast.tokenize(text))
    sample = texts[:3000]
    print("characters a token:", sum(map(len, sample)) / sum(len(fast(t).input_ids) - 1 for t in sample), "vocabulary", len(fast))


if __name__ == "__main__":
    main()
