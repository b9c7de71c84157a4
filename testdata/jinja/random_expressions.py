"""Random expressions: values, operators, filters, tests and methods with arguments, slices, calls."""

import random

ATOMS = """
0; 1; 2; -1; 3; 7; 10; 255; -42; 1.0; 2.5; -0.5; 0.1; 1e3; 1e16; 1e-5; 9007199254740993; 123456789012345678901; true; false; none
''; 'a'; 'ab'; 'Hello World'; ' x '; '1'; '42'; '-3.5'; '1e3'; '<b>&'; "it's"; 'é'; 'ß'; '\\n'; 'a\\nb\\n'; 'a,b,c'; 'a b  c'; '%s'; '%d'; '{}'; '{0}'; 'aAa'; '0x1f'; 'ǆ'; '😀'; '\\t'; 'İ'; 'Σ'; 'nan'
[]; [1]; [1, 2, 3]; [3, 1, 2]; ['b', 'a', 'C']; [none]; [[1, 2], [3, 4]]; [{'a': 1}, {'a': 2}]; [1, 'a']; (1,); (1, 2); (); {}; {'a': 1}; {'b': 2, 'a': 1}; {1: 'x'}; {'k': [1]}; [true, 1.0]; [0.1, 0.2]
messages; messages[0]; messages[1].content; emoji; text; html; people; mixed; keyed; missing; missing.x; tool; empty; flag; large; float; nul; range(4); range(5, 0, -2); tools; people[0]; dict(a=1); namespace(a=1).a; ('<i>'|safe); people[0].name
""".replace("\n", "; ").split("; ")
ATOMS = [one for one in ATOMS if one]

OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]
FIELDS = ["a", "name", "age", "role", "content", "items", "keys", "x", "real", "upper", "b", "function.name", "0", "count"]

# Name and arguments; `…` allows any further ones.
FILTERS = {
    "abs": "", "attr": "s", "batch": "i x", "capitalize": "", "center": "i", "default": "x b", "d": "x", "dictsort": "b",
    "escape": "", "e": "", "filesizeformat": "b", "first": "", "float": "x", "forceescape": "", "format": "x x",
    "groupby": "f", "indent": "i b b", "int": "x i", "items": "", "join": "s f", "last": "", "length": "", "list": "",
    "lower": "", "map": "F", "max": "b", "min": "b", "pprint": "", "reject": "T", "rejectattr": "f T", "replace": "s s i",
    "reverse": "", "round": "i", "safe": "", "select": "T", "selectattr": "f T", "slice": "i x", "sort": "b b", "string": "",
    "striptags": "", "sum": "f x", "title": "", "tojson": "", "trim": "s", "truncate": "i b s i", "unique": "b",
    "upper": "", "urlencode": "", "urlize": "i", "wordcount": "", "wordwrap": "i b s", "xmlattr": "b", "count": "",
}
NAMED = ["tojson(indent=%(i)s)", "tojson(sort_keys=%(b)s)", "tojson(separators=(%(s)s, %(s)s))", "tojson(ensure_ascii=%(b)s)",
         "sort(attribute=%(f)s)", "sort(reverse=%(b)s)", "map(attribute=%(f)s)", "map(attribute=%(f)s, default=%(x)s)",
         "groupby(%(f)s, default=%(x)s)", "join(d=%(s)s)", "round(method='floor')", "round(%(i)s, 'ceil')", "sum(start=%(x)s)",
         "dictsort(by='value')", "dictsort(reverse=%(b)s)", "unique(attribute=%(f)s)", "max(attribute=%(f)s)",
         "indent(width=%(i)s, blank=%(b)s)", "default(default_value=%(x)s, boolean=%(b)s)", "int(base=%(i)s)",
         "truncate(length=%(i)s, killwords=%(b)s)", "wordwrap(width=%(i)s, break_long_words=%(b)s)", "replace(%(s)s, %(s)s, count=%(i)s)",
         "batch(linecount=%(i)s)", "trim(chars=%(s)s)", "map('replace', %(s)s, %(s)s)", "map('default', %(x)s)", "format(a=%(x)s)"]
TESTS = {"boolean": "", "callable": "", "defined": "", "divisibleby": "i", "eq": "x", "equalto": "x", "escaped": "", "even": "",
         "false": "", "filter": "", "float": "", "ge": "x", "gt": "x", "in": "x", "integer": "", "iterable": "", "le": "x",
         "lower": "", "lt": "x", "mapping": "", "ne": "x", "none": "", "number": "", "odd": "", "sameas": "b", "sequence": "",
         "string": "", "test": "", "true": "", "undefined": "", "upper": ""}
METHODS = {
    "capitalize": "", "casefold": "", "center": "i s", "count": "s i i", "endswith": "s", "expandtabs": "i", "find": "s i i",
    "format": "x x", "index": "s", "isalnum": "", "isalpha": "", "isdigit": "", "islower": "", "isnumeric": "", "isspace": "",
    "istitle": "", "isupper": "", "join": "x", "ljust": "i s", "lower": "", "lstrip": "s", "partition": "s", "removeprefix": "s",
    "removesuffix": "s", "replace": "s s i", "rfind": "s", "rindex": "s", "rjust": "i", "rpartition": "s", "rsplit": "s i",
    "rstrip": "s", "split": "s i", "splitlines": "b", "startswith": "s i", "strip": "s", "swapcase": "", "title": "",
    "upper": "", "zfill": "i", "get": "x x", "items": "", "keys": "", "values": "", "copy": "", "is_integer": "",
    "bit_length": "", "as_integer_ratio": "", "isdisjoint": "x", "encode": "", "append": "x", "pop": "i", "update": "x",
}
SPECS = ["{:>5}", "{:<5}|", "{:^7}", "{:05d}", "{:+.2f}", "{:,}", "{:x}", "{:e}", "{:g}", "{!r}", "{:.2}", "{:%}", "{:*^9}", "{0}{1}",
         "{:#b}", "{:_}", "{:=+8}", "{:.0f}", "{:c}", "{0[a]}", "{0.a}", "{:G}", "{:08.3f}", "{:n}"]
PERCENT = ["%s", "%d", "%r", "%5s|", "%-5d|", "%05d", "%.2f", "%x", "%e", "%g", "%c", "%+d", "%%%s", "%(a)s", "%.1s", "%i", "%o", "%#x", "%a",
           "%10.3f", "% d", "%s%s"]


class ExpressionMaker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def atom(self):
        return self.of(*ATOMS)

    def expression(self, depth=0):
        """Any expression; parts are parenthesized if necessary."""
        if depth > 3 or self.random.random() < 0.15 + 0.2 * depth:
            return self.atom()
        maker = self.of(self.filtered, self.filtered, self.filtered, self.binary, self.binary, self.tested, self.method,
                        self.method, self.sliced, self.field, self.literal, self.condition, self.sign, self.formatted,
                        self.compared)
        return maker(depth + 1)

    def bracketed(self, depth):
        value = self.expression(depth)
        return f"({value})"

    def argument(self, kind, depth):
        if kind == "x":
            return self.expression(depth + 1)
        if kind == "i":
            return self.of("0", "1", "2", "3", "-1", "5", "12", "true", "none", "2.5") if self.random.random() < 0.9 else self.atom()
        if kind == "b":
            return self.of("true", "false", "0", "1", "none")
        if kind == "s":
            return self.of("'a'", "','", "' '", "''", "'ab'", "'l'", "'\\n'", "'😀'", "none", "'-'") if self.random.random() < 0.9 else self.atom()
        if kind == "f":
            return self.of(*(f"'{one}'" for one in FIELDS), "0", "1")
        if kind == "F":
            return f"'{self.of(*FILTERS)}'"
        return self.of(*(f"'{one}'" for one in TESTS))

    def arguments(self, kinds, depth):
        kinds = kinds.split()
        count = len(kinds) if self.random.random() < 0.1 else self.random.randint(0, len(kinds))
        if kinds and kinds[0] in "fFT":
            count = max(1, count)
        many = [self.argument(kind, depth) for kind in kinds[:count]]
        if "T" in kinds and count == len(kinds) and self.of(True, False):
            many.append(self.expression(3))
        if self.random.random() < 0.02:
            many.append(self.atom())
        return ", ".join(many)

    def filtered(self, depth):
        value = self.bracketed(depth)
        for _ in range(self.of(1, 1, 2, 3)):
            if self.random.random() < 0.2:
                name = self.of(*NAMED) % {kind: self.argument(kind, depth) for kind in "ixbsf"}
            else:
                name = self.of(*FILTERS)
                given = self.arguments(FILTERS[name], depth)
                name = f"{name}({given})" if given or self.random.random() < 0.1 else name
            value += f"|{name}"
        return value + self.of("", "", "|list", "|string", "|join", "|length")

    def binary(self, depth):
        return f"{self.bracketed(depth)} {self.of(*OPERATORS)} {self.bracketed(depth)}"

    def compared(self, depth):
        parts = [self.expression(3)]
        for _ in range(self.of(1, 2)):
            parts += [self.of(*OPERATORS), self.expression(3)]
        return " ".join(parts)

    def tested(self, depth):
        name = self.of(*TESTS)
        given = self.arguments(TESTS[name], depth)
        return f"{self.bracketed(depth)} is {self.of('', '', 'not ')}{name}" + (f"({given})" if given else "")

    def method(self, depth):
        name = self.of(*METHODS)
        value = self.bracketed(depth) if self.random.random() < 0.5 else self.atom()
        return f"({value}).{name}({self.arguments(METHODS[name], depth)})"

    def sliced(self, depth):
        part = lambda: self.of("", "", "1", "-1", "2", "0", "none", "5", "-3")
        return f"{self.bracketed(depth)}[{part()}:{part()}{self.of('', ':' + part())}]"

    def field(self, depth):
        key = self.of("0", "-1", "1", "'a'", "'role'", "none", "1.0", "true", self.expression(3))
        return self.bracketed(depth) + self.of(f"[{key}]", f".{self.of(*FIELDS)}", f"|attr('{self.of(*FIELDS)}')")

    def literal(self, depth):
        one = lambda: self.expression(depth + 1)
        return self.of(f"[{one()}, {one()}]", f"({one()}, {one()})", "{" + f"{self.atom()}: {one()}" + "}", f"[{one()}]",
                       f"dict(a={one()}, b={one()})", f"range({self.argument('i', depth)})|list")

    def condition(self, depth):
        return f"{self.bracketed(depth)} if {self.bracketed(depth)}" + self.of("", f" else {self.bracketed(depth)}")

    def sign(self, depth):
        return f"{self.of('-', '+', 'not ', 'not ')}{self.bracketed(depth)}"

    def formatted(self, depth):
        values = ", ".join(self.expression(depth + 1) for _ in range(self.of(1, 1, 2)))
        if self.of(True, False):
            return f"'{self.of(*SPECS)}'.format({values})"
        return f"'{self.of(*PERCENT)}' % ({values}{self.of('', ',')})"
