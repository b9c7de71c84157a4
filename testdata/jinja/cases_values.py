"""The variables of all constructs, and values of every kind as expressions of a template."""

VARIABLES = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi \U0001f600 there\n"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
        {"role": "tool", "content": [{"type": "text", "text": "one"}, {"type": "image"}]},
    ],
    "tools": None,
    "tool": {"type": "function", "function": {"name": "get", "parameters": {"type": "object", "properties": {"a": {"type": "string", "enum": ["x", "y"]}}}}},
    "emoji": "a\U0001f600e\u0301\u4f60z",
    "text": "The quick  brown\nfox\tjumps",
    "html": "<a href=\"x\">T&amp;'</a> & <b>b</b>",
    "surrogate": "a\ud800b",
    "nul": "a\u0000b\u007f\u0085\u00a0\u2028c",
    "people": [
        {"name": "Ada", "age": 36, "town": "London"},
        {"name": "bob", "age": 7, "town": "paris"},
        {"name": "Cy", "age": 36, "town": "Paris"},
    ],
    "mixed": [1, "a", None, True, 2.5, [1], {"k": "v"}],
    "keyed": {"items": 1, "keys": 2, "plain": 3, "_x": 4, "": 5},
    "empty": "",
    "none": 7,
    "flag": True,
    "large": 9007199254740991,
    "float": 0.1,
}

# Name, expression.
VALUES = {
    "text": "'hello World'",
    "empty": "''",
    "emoji": "emoji",
    "html": "html",
    "digits": "' 42 '",
    "list": "[3, 1, 2]",
    "texts": "['b', 'A', 'c']",
    "dict": "{'b': 1, 'a': 2}",
    "tuple": "(1, 'x')",
    "null": "None",
    "undefined": "missing",
    "true": "true",
    "int": "-42",
    "float": "2.5",
    "big": "123456789012345678901234567890",
    "nested": "[{'a': 1}, {'a': [2, None, 'x\"']}]",
    "people": "people",
    "markup": "('<i>'|safe)",
    "range": "range(4)",
}
