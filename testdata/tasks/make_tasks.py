"""Makes the folders beside it: tiny random checkpoints with the results of transformers' pipelines.

Usage: python make_tasks.py (torch 2.8, transformers 4.57.6). Every folder has config.json, model.safetensors
(bfloat16, run in float32) and expected.json. A folder without tokenizer.json uses the tokenizer of ../default-model.
"""

import json
import os
import zlib

import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = f"{HERE}/../default-model"
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

TEXTS = [
    "The sun gives light.",
    "Plants need water, light and air; \U0001f600 smiles.",
    "Zoë went to Łódź in 1999.",
    "a",
]
QUESTIONS = [
    ("What gives light?", "The sun is a star. It gives light and heat to the planets around it."),
    ("Where did Zoë go?", "In 1999 \U0001f600 Zoë went to Łódź, a town in Poland. She stayed there."),
    ("Who?", "Me"),
]
LONG = " ".join(
    f"In the year {1900 + i} the town of number {i} had {i * 7} people, {i} trees and a river." for i in range(60)
)


def words_tokenizer(folder, padding_side):
    """A byte-level tokenizer that splits words like Llama 3's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|begin_of_text|>", "<|end_of_text|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*TEXTS, *(text for pair in QUESTIONS for text in pair), LONG], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin_of_text|> $A",
        pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
        special_tokens=[("<|begin_of_text|>", 0)],
    )
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin_of_text|>",
        eos_token="<|end_of_text|>",
        pad_token="<|end_of_text|>",
        padding_side=padding_side,
        model_max_length=2048,
    )
    fast.save_pretrained(folder)
    return fast


def make(name, kind, task, calls, tokenizer=None, **config):
    folder = f"{HERE}/{name}"
    os.makedirs(folder, exist_ok=True)
    own = words_tokenizer(folder, tokenizer) if tokenizer else transformers.AutoTokenizer.from_pretrained(DEFAULT)
    torch.manual_seed(zlib.crc32(name.encode()))
    config = transformers.LlamaConfig(
        vocab_size=len(own),
        hidden_size=8,
        intermediate_size=12,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        initializer_range=0.6,
        pad_token_id=own.pad_token_id,
        **config,
    )
    getattr(transformers, kind)(config).to(torch.bfloat16).save_pretrained(folder)
    # Reloaded: the rotary frequencies must not have been rounded with the weights.
    model = getattr(transformers, kind).from_pretrained(folder, dtype=torch.float32)
    pipeline = transformers.pipeline(task, model=model, tokenizer=own, device="cpu")
    results = []
    for inputs, options in calls:
        given = {"question": inputs[0], "context": inputs[1]} if isinstance(inputs, tuple) else inputs
        result = pipeline(**given, **options) if isinstance(given, dict) else pipeline(given, **options)
        results.append({"inputs": given, "options": options, "result": result})
    with open(f"{folder}/expected.json", "w") as file:
        json.dump({"task": task, "calls": results}, file, indent=1, default=float)
        file.write("\n")


def text(name, **config):
    calls = [(one, {"top_k": k}) for one in TEXTS for k in (1, 3)]
    make(name, "LlamaForSequenceClassification", "text-classification", calls, **config)


def names(*labels):
    return {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}


def main():
    text("text_three", tokenizer="left", **names("bad", "fair", "good"))
    text("text_one", tokenizer="left", num_labels=1)
    text("text_multi", tokenizer="left", num_labels=4, problem_type="multi_label_classification")
    text("text_regression", tokenizer="left", num_labels=3, problem_type="regression")
    tokens = [(one, {}) for one in TEXTS]
    make(
        "tokens_default", "LlamaForTokenClassification", "token-classification", tokens, **names("O", "B-PER", "I-PER")
    )
    make(
        "tokens_words",
        "LlamaForTokenClassification",
        "token-classification",
        [*tokens, (TEXTS[0], {"ignore_labels": []})],
        tokenizer="left",
        **names("O", "B-LOC"),
    )
    questions = [(one, {"top_k": k}) for one in [*QUESTIONS[:2], ("What had people?", LONG)] for k in (1, 4)]
    questions.append((QUESTIONS[2], {"top_k": 1}))
    questions.append((QUESTIONS[0], {"align_to_words": False, "max_answer_len": 4}))
    make("question_right", "LlamaForQuestionAnswering", "question-answering", questions, tokenizer="right")
    # With left padding, transformers accepts tokens outside the context as answers, so lower-ranked answers may end
    # before they start.
    left = [(one, {"top_k": 1}) for one in [*QUESTIONS, ("What had people?", LONG)]]
    make("question_left", "LlamaForQuestionAnswering", "question-answering", left, tokenizer="left")
    make("question_default", "LlamaForQuestionAnswering", "question-answering", left)


main()
