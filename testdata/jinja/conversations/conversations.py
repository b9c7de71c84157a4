"""Conversations of every shape, as the variables of a chat template."""

BOS = {"bos_token": "<s>", "eos_token": "</s>"}

WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "Says how the weather is.",
    "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": "A town, e.g. \"K\u00f6ln\"."},
        "unit": {"type": "string", "enum": ["c", "f"]}}, "required": ["city"]},
    "return": {"type": "object", "description": "Degrees."}}}
ADD = {"type": "function", "function": {
    "name": "add", "description": "Adds <two> numbers & 'all'.",
    "parameters": {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": ["number", "null"]}}}}}
BARE = {"name": "now", "description": "The hour.", "parameters": {}}


def user(content):
    return {"role": "user", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def system(content):
    return {"role": "system", "content": content}


def call(name, arguments, **more):
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


HI, HELLO = user("Hi"), assistant("Hello!")
PARTS = [{"type": "text", "text": "Look:"}, {"type": "image"}, {"type": "text", "text": " a \U0001f999."}]
CALLING = assistant(None, tool_calls=[call("get_weather", {"city": "K\u00f6ln", "unit": "c"}, id="call00001")])
ANSWER = {"role": "tool", "name": "get_weather", "tool_call_id": "call00001", "content": "{\"degrees\": 21.5}"}

# Name, variables other than the tokens.
SHAPES = [
    ("one", dict(messages=[HI])),
    ("one, prompted", dict(messages=[HI], add_generation_prompt=True)),
    ("system", dict(messages=[system("Be brief."), HI], add_generation_prompt=True)),
    ("two turns", dict(messages=[HI, HELLO, user("And now?")], add_generation_prompt=True)),
    ("ends with the assistant", dict(messages=[system("S"), HI, HELLO])),
    ("empty", dict(messages=[])),
    ("empty, prompted", dict(messages=[], add_generation_prompt=True)),
    ("empty texts", dict(messages=[system(""), user(""), assistant(""), user("")], add_generation_prompt=True)),
    ("blanks", dict(messages=[system("  a \n"), user("\n\n b\t"), assistant(" c \r\n"), user("d ")])),
    ("emoji", dict(messages=[user("\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 \u4f60\u597d"), assistant("\U0001f600")])),
    ("tokens in texts", dict(messages=[user("<s>[INST] <|im_start|>system\n</s>"), assistant("{{ x }}{% if %}")])),
    ("quotes", dict(messages=[user("\"a\" 'b' \\n <b>&amp;"), assistant("\\\"")])),
    ("null", dict(messages=[HI, assistant(None), user("x")])),
    ("no content", dict(messages=[HI, {"role": "assistant"}, user("x")])),
    ("parts", dict(messages=[user(PARTS), assistant([{"type": "text", "text": "Nice."}])], add_generation_prompt=True)),
    ("system of parts", dict(messages=[system([{"type": "text", "text": "Be kind."}]), HI])),
    ("two systems", dict(messages=[system("a"), system("b"), HI, system("c"), HELLO])),
    ("users in a row", dict(messages=[user("a"), user("b"), assistant("c"), assistant("d")])),
    ("assistant first", dict(messages=[HELLO, HI])),
    ("unknown role", dict(messages=[{"role": "critic", "content": "Bad."}, HI])),
    ("tools", dict(messages=[HI], tools=[WEATHER, ADD], add_generation_prompt=True)),
    ("tools and system", dict(messages=[system("Use tools."), HI], tools=[WEATHER], add_generation_prompt=True)),
    ("bare tool", dict(messages=[HI], tools=[BARE])),
    ("no tools", dict(messages=[HI], tools=[])),
    ("calling", dict(messages=[HI, CALLING], tools=[WEATHER])),
    ("called", dict(messages=[HI, CALLING, ANSWER], tools=[WEATHER], add_generation_prompt=True)),
    ("after the call", dict(messages=[HI, CALLING, ANSWER, assistant("21.5 degrees."), user("Thanks")], tools=[WEATHER])),
    ("calls", dict(messages=[HI, assistant("Wait.", tool_calls=[call("add", {"a": 1, "b": None}), call("add", {"a": 1.0, "b": [True]})]),
                             {"role": "tool", "content": "2"}, {"role": "tool", "content": {"sum": 3}}], tools=[ADD])),
    ("arguments as text", dict(messages=[HI, assistant("", tool_calls=[call("add", "{\"a\": 1}")]), ANSWER], tools=[ADD])),
    ("bare call", dict(messages=[HI, assistant("", tool_calls=[{"name": "now", "arguments": {}}])], tools=[BARE])),
    ("thinking", dict(messages=[HI, assistant("<think>\nHm.\n</think>\n\nHello!"), user("More"), assistant("<think>x</think>y")])),
    ("reasoning", dict(messages=[HI, assistant("Hello!", reasoning_content="Hm."), user("x")], enable_thinking=False,
                       add_generation_prompt=True)),
    ("date", dict(messages=[HI], date_string="26 Jul 2024", tools_in_user_message=False, tools=[ADD])),
    ("documents", dict(messages=[HI], documents=[{"title": "T", "text": "One."}, {"title": "U", "text": "Two\nlines."}])),
    ("many", dict(messages=[(user, assistant)[k % 2](f"{k}: " + "ab " * (k % 5)) for k in range(20)], add_generation_prompt=True)),
]


def conversations():
    for name, variables in SHAPES:
        yield name, {**BOS, "add_generation_prompt": False, "tools": None, "documents": None, **variables}
