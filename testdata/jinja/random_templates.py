"""Random templates that exercise scopes, whitespace, loops and macros."""

import random

TARGETS = ["x", "y", "z", "q", "x, y", "ns.v", "_p"]
FIELDS = ["loop.index", "loop.length", "loop.last", "loop.previtem", "loop.nextitem", "loop.depth", "m.role",
          "messages[0].role", "ns.v", "loop.revindex0", "loop.changed(x)", "loop.cycle(1,2)", "caller", "varargs"]
LITERALS = ["1", "2", "0", "'a'", "''", "none", "true", "false", "[1,2]", "[[1,2],[3,4]]", "{'a':1}", "'<'"]
TEXTS = ["", "a", "\n", "  ", "\n  ", "  \n", " b ", "\n\n", "\r\n", "\t", "c\n  "]
ENTRIES = ["[1,2,3]", "[1,2]", "messages", "[[1,2],[3,4]]", "[]", "range(3)", "z", "'ab'"]
PARAMETERS = ["", "x", "x, y=x", "x=1", "y=z, z=1", "caller=none"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.blocks = 0

    def of(self, *choices):
        return self.random.choice(choices)

    def template(self):
        self.blocks = 0
        start = self.of("", "{% set ns = namespace(v=1) %}")
        return start + "".join(self.statement(0) for _ in range(self.of(1, 2, 3)))

    def expression(self, depth=0):
        kind = self.random.randrange(14 if depth < 2 else 6)
        deeper = lambda: self.expression(depth + 1)
        if kind < 3:
            return self.of(*LITERALS)
        if kind < 5:
            return self.of("x", "y", "z", "m", "foo", "q", "loop")
        if kind == 5:
            return self.of(*FIELDS)
        return [
            lambda: f"{deeper()} {self.of('==', '!=', 'and', 'or', '~')} {deeper()}",
            lambda: f"not {deeper()}",
            lambda: f"{deeper()} if {deeper()} else {deeper()}",
            lambda: f"{deeper()} if {deeper()}",
            lambda: f"{deeper()} is {self.of('defined', 'not defined', 'none', 'string')}",
            lambda: f"[{deeper()}, ({deeper()}, {deeper()})]",
            lambda: f"({deeper()})|{self.of('upper', 'safe', 'escape')}",
            lambda: f"{deeper()} == {deeper()} != {deeper()}",
        ][kind - 6]()

    def tag(self, text):
        sign = lambda: self.of("", "", "", "-", "+")
        return f"{{%{sign()} {text} {sign()}%}}"

    def body(self, depth):
        return "".join(self.statement(depth + 1) for _ in range(self.of(1, 1, 2)))

    def statement(self, depth):
        kind = self.random.randrange(16 if depth < 3 else 4)
        before = self.of(*TEXTS)
        if kind < 2:
            return f"{before}{{{{{self.of('', '-')} {self.expression()} {self.of('', '-')}}}}}"
        if kind < 4:
            return before + self.tag(f"set {self.of(*TARGETS)} = {self.expression()}")
        makers = [self.loop, self.loop, self.condition, self.condition, self.macro, self.call, self.other,
                  self.other, self.other, self.block, self.captured, self.captured]
        return before + makers[kind - 4](depth)

    def loop(self, depth):
        target = self.of("x", "y", "z", "m", "q", "x, y")
        test = self.of("", "", f" if {self.expression(1)}")
        start = self.tag(f"for {target} in {self.of(*ENTRIES)}{test}{self.of('', '', ' recursive')}")
        jump = self.tag(f"if {self.expression(2)}") + self.tag(self.of("break", "continue")) + self.tag("endif")
        end = self.of("", self.tag("else") + self.body(depth)) + self.tag("endfor")
        return start + self.body(depth) + self.of("", "", jump) + end

    def condition(self, depth):
        end = self.of("", self.tag("else") + self.body(depth)) + self.tag("endif")
        return self.tag(f"if {self.expression()}") + self.body(depth) + end

    def macro(self, depth):
        start = self.tag(f"macro f({self.of(*PARAMETERS)})")
        return start + self.body(depth) + self.tag("endmacro") + "{{ f(" + self.of("", "1", "y=2", "x=1") + ") }}"

    def call(self, depth):
        macro = self.tag("macro f(x)") + self.of("{{ caller() }}", "[{{ caller(x) }}]") + self.tag("endmacro")
        return macro + self.tag(f"call{self.of('', '(x)', '(q=1)')} f(2)") + self.body(depth) + self.tag("endcall")

    def block(self, depth):
        self.blocks += 1
        start = self.tag(f"block b{self.blocks}{self.of('', ' scoped')}")
        return start + self.body(depth) + self.tag("endblock") + self.of("", "{{ self.b1() }}")

    def captured(self, depth):
        if self.of(True, False):
            return self.tag(f"filter {self.of('upper', 'trim', 'escape|upper')}") + self.body(depth) + self.tag(
                "endfilter")
        return self.tag(f"set {self.of('x', 'y', 'z')}{self.of('', '|upper')}") + self.body(depth) + self.tag("endset")

    def other(self, depth):
        start, end = self.of(
            (f"with {self.of('x=1', 'x=y, y=x', 'z=x')}", "endwith"),
            (f"autoescape {self.of('true', 'false', 'foo', 'q')}", "endautoescape"),
            ("generation", "endgeneration"),
        )
        return self.tag(start) + self.body(depth) + self.tag(end)
