"""Records transformers' batch calls (padding, truncation, pairs, offsets), masks and chat templates: calls.json.

    python make_calls.py VOCABULARIES OUT

VOCABULARIES contains llama2/ and llama3/ with the real vocabularies.
"""
import itertools
import json
import sys

from transformers import LlamaTokenizer, LlamaTokenizerFast, PreTrainedTokenizerFast

where, out = sys.argv[1:]
KINDS = {
    "llama2-fast": LlamaTokenizerFast.from_pretrained(f"{where}/llama2", pad_token="<unk>"),
    "llama2-fast-new": LlamaTokenizerFast.from_pretrained(f"{where}/llama2", legacy=False, from_slow=True, pad_token="<unk>"),
    "llama3": PreTrainedTokenizerFast.from_pretrained(f"{where}/llama3", pad_token="<|eot_id|>"),
}
TEXTS = [
    "Hello world, w\u00f6rld!", "a", "", " two  blanks \n\nand <s> 123456 </s>", "\U0001f999 \u4f60\u597d \U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301x",
    "caf\u00e9 <|eot_id|> ok\u2581x", "\t\ttabs\u00a0nbsp",
]
PAIRS = ["second", "the other one is quite a bit longer than that", "x", "", "\u00e9", "b b", "\U0001f999"]
calls = []
for kind, tokenizer in KINDS.items():
    options = [
        {}, {"padding": True}, {"padding": True, "pad_to_multiple_of": 8, "padding_side": "right"},
        {"padding": "max_length", "max_length": 12, "truncation": True}, {"add_special_tokens": False, "padding": True, "padding_side": "left"},
    ]
    for pair, option in itertools.product([False, True], options):
        answer = tokenizer(TEXTS, PAIRS if pair else None, return_offsets_mapping=True, return_special_tokens_mask=True,
                           return_token_type_ids=True, return_attention_mask=True, **option)
        calls.append({"kind": kind, "pair": pair, "options": option, "result": dict(answer)})
    for strategy, length in itertools.product(["longest_first", "only_first", "only_second"], [6, 9, 13]):
        first, second = "one two three four five six seven eight", "a much longer second text of very many words, so that much must go away from it"
        try:
            answer = tokenizer(first, second, truncation=strategy, max_length=length)["input_ids"]
        except Exception:
            answer = None
        calls.append({"kind": kind, "truncate": [first, second], "strategy": strategy, "length": length, "result": answer})

slow = LlamaTokenizer.from_pretrained(f"{where}/llama2", pad_token="<unk>", add_eos_token=True)
slow_calls = []
for pair, option in itertools.product([False, True], [
    {}, {"padding": True}, {"padding": "max_length", "max_length": 9, "truncation": True}, {"truncation": "longest_first", "max_length": 7},
    {"truncation": "only_first", "max_length": 5}, {"padding": True, "padding_side": "left", "pad_to_multiple_of": 4},
]):
    answer = slow(TEXTS, PAIRS if pair else None, return_token_type_ids=True, return_special_tokens_mask=True, **option)
    slow_calls.append({"pair": pair, "options": option, "result": dict(answer)})

TEMPLATE = """{%- for message in messages %}
    {%- if loop.first and message['role'] == 'system' %}
{{- bos_token + '<<SYS>>' + message['content'] | trim + '<</SYS>>\\n\\n' }}
    {%- elif message.role == "user" -%}
        {% if tools %}{{ tools | tojson }}{% endif %}[INST] {{ message['content'] | trim }} [/INST]
    {%- else %}
        {{- ' ' ~ message['content'] ~ eos_token }}
    {%- endif %}
{%- endfor %}
{% if add_generation_prompt %}{{ ' ANSWER: ' }}{%- endif %}
{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{# gone #}"""
CHATS = [
    [{"role": "user", "content": " Hi </s> there "}],
    [{"role": "system", "content": "Be\nkind. "}, {"role": "user", "content": "caf\u00e9?"}, {"role": "assistant", "content": "Yes <s>"}, {"role": "user", "content": "ok"}],
]
chats = []
for kind, tokenizer in KINDS.items():
    for chat, prompt, tools in itertools.product(CHATS, [False, True], [None, [{"name": "f", "x": [1, 2.5, None, True, "\u00e9<"]}]]):
        given = dict(chat_template=TEMPLATE, add_generation_prompt=prompt, tools=tools)
        chats.append({"kind": kind, "messages": chat, "prompt": prompt, "tools": tools,
                      "text": tokenizer.apply_chat_template(chat, tokenize=False, **given),
                      "ids": tokenizer.apply_chat_template(chat, **given)})
    chats.append({"kind": kind, "messages": CHATS[1], "continue": True, "tools": None, "prompt": False,
                  "text": tokenizer.apply_chat_template(CHATS[1][:3], tokenize=False, chat_template="{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}", continue_final_message=True)})
json.dump({"texts": TEXTS, "pairs": PAIRS, "calls": calls, "slow": slow_calls, "template": TEMPLATE, "chats": chats}, open(out, "w"), separators=(",", ":"))
