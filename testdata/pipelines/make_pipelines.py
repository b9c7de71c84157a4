"""Makes expected.json beside it: the results of transformers' pipelines, in their own shapes, with the default model
and with the tiny checkpoints of ../tasks.

Usage: python make_pipelines.py (torch 2.8, transformers 4.57.6). Weights are bfloat16, run in float32; always
greedy.
"""

import json
import os

import torch
import transformers

HERE = os.path.dirname(os.path.abspath(__file__))
GREEDY = {"do_sample": False, "max_new_tokens": 8}
CHAT = [{"role": "user", "content": "Hi"}]
ANSWERED = [*CHAT, {"role": "assistant", "content": "Hello! How"}]
TEXTS = ["The sun gives light.", "Zoë went to Łódź in 1999.", "Plants need water, light and air; \U0001f600 smiles."]
CONTEXT = "The sun is a star. It gives light and heat to the planets around it."
WHERE = "In 1999 \U0001f600 Zoë went to Łódź, a town in Poland. She stayed there."

# Task, folder, options of the pipeline, calls: inputs and options.
CASES = [
    (
        "text-generation",
        "default-model",
        {},
        [
            ("The sun gives", GREEDY),
            (["The sun gives", "Plants create energy"], GREEDY),
            ("The sun gives", {**GREEDY, "return_full_text": False}),
            ("The sun gives", {**GREEDY, "return_tensors": True}),
            ("The sun gives", {**GREEDY, "add_special_tokens": False}),
            ("", GREEDY),
            ("Rain </s> falls", {**GREEDY, "skip_special_tokens": False}),
            ("What is a planet ? It", {**GREEDY, "max_new_tokens": 24}),
            ("What is a planet ? It", {**GREEDY, "max_new_tokens": 24, "clean_up_tokenization_spaces": False}),
            ("The sun gives", {"do_sample": False, "max_length": 9}),
            (["The sun gives", "Plants"], {"do_sample": False, "max_new_tokens": None, "max_length": 9}),
            ("The sun gives", {**GREEDY, "max_new_tokens": 30, "stop_sequence": "."}),
            ("The sun gives", {**GREEDY, "max_new_tokens": 30, "stop_strings": ["plants"]}),
            ("The sun gives", {"do_sample": False, "max_new_tokens": 6, "repetition_penalty": 1.5}),
            (["The sun gives", "Water"], {**GREEDY, "num_beams": 3, "num_return_sequences": 2}),
            ("The sun gives", {**GREEDY, "num_beams": 3, "num_return_sequences": 3, "return_tensors": True}),
            (CHAT, GREEDY),
            ([CHAT, ANSWERED], GREEDY),
            (CHAT, {**GREEDY, "return_full_text": False}),
            (ANSWERED, GREEDY),
            (ANSWERED, {**GREEDY, "continue_final_message": False}),
        ],
    ),
    ("text-generation", "default-model", {**GREEDY, "return_full_text": False}, [("The sun", {}), ("The sun", {"max_new_tokens": 2})]),
    (
        "text-classification",
        "tasks/text_three",
        {},
        [
            (TEXTS[0], {}),
            (TEXTS, {}),
            (TEXTS[1], {"top_k": None}),
            (TEXTS[1], {"top_k": 1}),
            (TEXTS, {"top_k": 2}),
            (TEXTS[0], {"top_k": None, "function_to_apply": "sigmoid"}),
            (TEXTS[0], {"top_k": None, "function_to_apply": "none"}),
            ({"text": TEXTS[0], "text_pair": TEXTS[1]}, {}),
            ([{"text": TEXTS[0], "text_pair": TEXTS[1]}, {"text": TEXTS[1]}], {"top_k": 2}),
        ],
    ),
    ("text-classification", "tasks/text_three", {"top_k": 2}, [(TEXTS[0], {}), (TEXTS[:2], {}), (TEXTS[0], {"top_k": 1})]),
    ("text-classification", "tasks/text_multi", {}, [(TEXTS[0], {}), (TEXTS[0], {"top_k": None})]),
    *(
        (
            "token-classification",
            f"tasks/{name}",
            {},
            [
                *((TEXTS[:2], {"aggregation_strategy": how}) for how in ["none", "simple", "first", "average", "max"]),
                *((TEXTS[2], {"aggregation_strategy": how, "ignore_labels": []}) for how in ["simple", "first", "average", "max"]),
                (TEXTS[0], {}),
            ],
        )
        for name in ["tokens_default", "tokens_words"]
    ),
    (
        "question-answering",
        "tasks/question_right",
        {},
        [
            ({"question": "What gives light?", "context": CONTEXT}, {}),
            ({"question": "What gives light?", "context": CONTEXT}, {"top_k": 3}),
            ({"question": ["What gives light?", "Where did Zoë go?"], "context": [CONTEXT, WHERE]}, {}),
            ({"question": ["What gives light?", "What is a star?"], "context": CONTEXT}, {"top_k": 2}),
        ],
    ),
]


def main():
    answers = []
    for task, folder, options, calls in CASES:
        path = f"{HERE}/../{folder}"
        own = os.path.exists(f"{path}/tokenizer.json")
        tokenizer = transformers.AutoTokenizer.from_pretrained(path if own else f"{HERE}/../default-model")
        pipeline = transformers.pipeline(task, model=path, tokenizer=tokenizer, device="cpu", dtype=torch.float32, **options)
        results = []
        for inputs, given in calls:
            by_name = task == "question-answering"
            more = {"tokenizer": tokenizer} if "stop_strings" in given else {}
            result = pipeline(**inputs, **given) if by_name else pipeline(inputs, **given, **more)
            results.append({"inputs": inputs, "options": given, "result": result})
        answers.append({"task": task, "model": folder, "options": options, "calls": results})
    with open(f"{HERE}/expected.json", "w") as file:
        json.dump(answers, file, indent=1, default=lambda value: round(float(value), 6))
        file.write("\n")


main()
