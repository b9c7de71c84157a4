"""Random chat templates from typical constructs; most of them render."""

import random

ROLES = ["user", "assistant", "system", "tool"]
TEXTS = ["m.content", "m['content']", "m.content|trim", "(m.content or '')|trim", "m.content|string", "m.role", "m.role|upper",
         "m['role'] + ': '", "m.get('content', '')", "m.content|default('-', true)", "loop.index ~ '.'", "loop.index0 % 2",
         "m|length", "m.keys()|list|join(',')", "m|tojson", "m|tojson(indent=2)", "m.tool_calls|default([])|length",
         "loop.previtem.role if loop.previtem else '^'", "loop.nextitem.role if not loop.last else '$'", "loop.revindex",
         "m.content[:5] if m.content is string else m.content", "m.content.split(' ')[0] if m.content is string",
         "(m.content|string).replace('\\n', '\\\\n')", "'%-10s|' % m.role", "'{:>9}'.format(m.role)", "m.content is none",
         "m.role in ['user', 'tool']", "not loop.first and m.role == 'user'", "m.role[0]|upper ~ m.role[1:]", "m.items()|list|length",
         "ns.n", "ns.text|length", "m.content|list|length if m.content", "m|dictsort|map('first')|join('/')", "m.x", "m.x is defined",
         "f(m)", "f(m, 2)", "f(role=m.role)", "m.content|string|wordcount", "m['content']|string|title", "m.content|e", "x", "y is defined"]
CONDITIONS = ["m.role == 'user'", "m['role'] != 'assistant'", "loop.first", "loop.last", "not loop.last", "loop.index is odd", "m.content",
              "m.content is string", "m.content is not none and m.content is iterable", "m.content is mapping", "'tool_calls' in m",
              "m.tool_calls is defined and m.tool_calls", "loop.index0 == 0 and m.role == 'system'", "(m.role == 'user') != (loop.index0 % 2 == 0)",
              "ns.n > 1", "m.role in roles", "tools", "tools is not none", "x is defined and x", "loop.previtem is defined and loop.previtem.role == m.role",
              "m.content == ''", "add_generation_prompt", "1 < loop.index <= 3", "loop.changed(m.role)", "m is sameas messages[0]", "not m.x"]
OUTSIDE = ["bos_token", "messages|length", "messages[0].role", "messages[-1]['content']", "ns.n", "ns.text", "x", "y", "tools|tojson", "roles",
           "messages|map(attribute='role')|join(' ')", "messages|selectattr('role', 'equalto', 'user')|list|length", "'a' if x else 'b'",
           "messages|rejectattr('content', 'none')|map(attribute='content')|map('string')|join('|')", "messages[1:]|first|default('none')",
           "messages|groupby('role')|map('first')|join(',')", "messages[::-1]|map(attribute='role')|list", "strftime_now('%Y')", "missing",
           "messages|map(attribute='content', default='?')|list", "(messages|last).role", "range(3)|list", "f(messages[0])", "eos_token ~ 1"]
SPACES = ["", "", "", "\n", "  ", "\n    ", " \n", "\t", "\n\n", "<|im|>", "text ", "\r\n", "é", "a\n  "]
VALUES = ["1", "'v'", "ns.n + 1", "messages[0].content", "messages[1:]", "x ~ 'q'", "[1, 2]", "none", "true", "messages|length", "{'a': 1}", "''",
          "messages|selectattr('role', 'in', ['user'])|list", "loop.index", "m.content|string", "y|default('d')", "'%s!' % x"]


class ChatMaker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def tag(self, text):
        sign = lambda: self.of("", "", "-", "-", "+") if self.random.random() < 0.6 else ""
        return self.of(*SPACES) + "{%" + sign() + " " + text + " " + sign() + "%}" + self.of(*SPACES)

    def print(self, texts):
        sign = lambda: self.of("", "", "-")
        return self.of(*SPACES) + "{{" + sign() + " " + self.of(*texts) + " " + sign() + "}}" + self.of(*SPACES)

    def assignment(self):
        kind = self.random.randrange(5)
        if kind == 0:
            return self.tag(f"set ns.n = {self.of('ns.n + 1', 'ns.n * 2', 'loop.index0', '0')}")
        if kind == 1:
            return self.tag("set ns.text = ns.text ~ " + self.of("m.role", "'+'", "x", "loop.index"))
        if kind == 2:
            return self.tag(f"set {self.of('x', 'y')}") + self.print(TEXTS) + self.tag("endset")
        return self.tag(f"set {self.of('x', 'y', 'x', 'q')} = {self.of(*VALUES)}")

    def inside(self, depth):
        return "".join(self.part(depth + 1) for _ in range(self.of(1, 1, 2, 3)))

    def part(self, depth):
        kind = self.random.randrange(12 if depth < 3 else 5)
        if kind < 4:
            return self.print(TEXTS)
        if kind == 4:
            return self.assignment()
        if kind < 9:
            middle = self.of("", self.tag(f"elif {self.of(*CONDITIONS)}") + self.inside(depth), self.tag("else") + self.inside(depth))
            return self.tag(f"if {self.of(*CONDITIONS)}") + self.inside(depth) + middle + self.tag("endif")
        if kind == 9:
            return self.tag(f"if {self.of(*CONDITIONS)}") + self.tag(self.of("break", "continue")) + self.tag("endif")
        if kind == 10:
            entries = self.of("m.content if m.content is iterable and m.content is not string else []", "m|items", "m.tool_calls or []", "range(2)",
                              "m.role", "(m.content|string)[:4]", "messages[:2]")
            target = "a, b" if entries == "m|items" else "a"
            other = self.of("", "", self.tag("else") + "none")
            return self.tag(f"for {target} in {entries}") + self.print(["a", "loop.index", "m.role", "loop.last", "x", "a|string|length"]) + other + self.tag("endfor")
        return self.of(self.tag("generation") + self.inside(depth) + self.tag("endgeneration"),
                       self.tag("filter " + self.of("upper", "trim", "indent(2)", "replace('a', 'b')")) + self.inside(depth) + self.tag("endfilter"),
                       self.tag(f"with x = {self.of('1', 'm.role', 'x')}") + self.inside(depth) + self.tag("endwith"),
                       "{#" + self.of("", "-", "+") + " note " + self.of("", "-", "+") + "#}" + self.of(*SPACES), "{% raw %} {{ x }} {% endraw %}" + self.of(*SPACES))

    def template(self):
        start = "{%- set ns = namespace(n=0, text='') %}{%- set roles = ['user', 'tool'] -%}" + self.of("", "{% set x = 'X' %}\n")
        start += self.of("{% macro f(m, n=1, role='r') %}", "{%- macro f(m, n=1, role='r') -%} ") + self.of("{{ n }}{{ role }}", "{{ m.role ~ n }}\n") + "{%- endmacro %}\n"
        parts = []
        for _ in range(self.of(1, 2, 3)):
            parts.append(self.of(self.print(OUTSIDE), self.assignment().replace("loop.index0", "7").replace("loop.index", "8").replace("m.", "messages[0].")))
            test = self.of("", "", "", " if m.role != 'system'", " if loop is defined")
            source = self.of("messages", "messages", "messages[1:]", "messages|reverse", "messages|list", "messages|selectattr('content')")
            parts.append(self.tag(f"for m in {source}{test}") + self.inside(0) + self.of("", self.tag("else") + "empty") + self.tag("endfor"))
        return start + "".join(parts) + self.of("", self.tag("if add_generation_prompt") + self.print(["'<|im|>assistant\\n'"]) + self.tag("endif"))
