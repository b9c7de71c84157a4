"""Statements, scopes, loops, macros, whitespace and refusals of Jinja2: whole templates, one per line."""

# `␊` is a line break, `␍` a carriage return, `␉` a tab.
TEMPLATES = r"""
{% for x in 'ab' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}
{% for x in [1,2,3] %}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.previtem is defined }}{{ loop.nextitem is defined }};{% endfor %}
{% for x in [1,1,2] %}{{ loop.changed(x) }}{{ loop.cycle('a','b') }}{% endfor %}
{% for x in [1] %}{{ loop.cycle() }}{% endfor %}
{% for x in [1,2] %}{{ loop }}{% endfor %}
{% for x in [1] %}{{ loop.foo }}{{ loop.foo.bar }}{% endfor %}
{% for x in [1,2] %}{{ loop.length }}{% for y in [1] %}{{ loop.length }}{% endfor %}{{ loop.index }}{% endfor %}
{% for x in {'a':1,'b':2} %}{{ x }}{% endfor %}{% for k, v in {'a':1}.items() %}{{ k }}{{ v }}{% endfor %}
{% for k, v in {'ab':1} %}{{ k }}{{ v }}{% endfor %}
{% for (a, b), c in [[[1,2],3]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for a, b in [[1,2,3]] %}{{ a }}{% endfor %}
{% for a, b in [1] %}{{ a }}{% endfor %}
{% for a, in [[1]] %}{{ a }}{% endfor %}
{% for a.b in [1] %}{{ a }}{% endfor %}
{% for x in none %}{% endfor %}
{% for x in 5 %}{% endfor %}
{% for x in missing %}a{% else %}b{% endfor %}
{% for x in missing.y %}a{% endfor %}
{% for x in [] %}a{% else %}{{ loop }}{% endfor %}
{% for x in [1,2,3] if x > 1 %}{{ loop.index }}{{ x }}{{ loop.previtem }}{% else %}n{% endfor %}
{% for x in [1,2,3] if loop.index > 1 %}{{ x }}{% endfor %}
{% for x in [0,1] if x else [2] %}{{ x }}{% endfor %}
{% for x in [1,2] recursive %}{{ x }}{% if x == 1 %}{{ loop([5,6]) }}{% endif %}{{ loop.depth }}{% endfor %}
{% for x in [{'n':1,'c':[{'n':2,'c':[]}]}] recursive %}<{{ x.n }}{{ loop(x.c) }}>{% endfor %}
{% for x in [1] %}{{ loop([1]) }}{% endfor %}
{% for x in [[1,[2,3]]] recursive %}{% for y in x %}{% if y is iterable %}{{ loop(y) }}{% else %}{{ y }}{% endif %}{% endfor %}{% endfor %}
{% for x in [1,2,3] %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% else %}e{% endfor %}
{% for x in [1,2,3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}
{% for x in [1,2] %}{% for y in [1,2] %}{% if y == 2 %}{% break %}{% endif %}{{ x }}{{ y }}{% endfor %}{% endfor %}
{% break %}
{% if true %}{% continue %}{% endif %}
{% for x in [1] %}{% else %}{% break %}{% endfor %}
{% for x in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
{% for x in range(3) %}{% set y = x %}{% endfor %}{{ y }}
{% set y = 0 %}{% for x in range(3) %}{% set y = y + x %}{{ y }}{% endfor %}{{ y }}
{% set ns = namespace(y=0) %}{% for x in range(3) %}{% set ns.y = ns.y + x %}{% endfor %}{{ ns.y }}
{% set ns = namespace() %}{{ ns.a }}{% set ns.a = [1] %}{% set ns.b = ns.a + [2] %}{{ ns.b }}{{ ns.c is defined }}
{% set ns = namespace(found=false) %}{% for m in messages %}{% if m.role == 'user' and not ns.found %}{% set ns.found = true %}{{ loop.index0 }}{% endif %}{% endfor %}{{ ns.found }}
{% set ns = {'a':1} %}{% set ns.a = 2 %}
{% set ns.a = 1 %}
{% set missing.a = 1 %}
{% set ns = namespace(a=1) %}{{ ns }}
{% set ns = namespace(a=1) %}{{ ns['a'] }}{{ ns.get }}{{ ns|string is string }}
{% set ns = namespace(a=1) %}{% set ns['a'] = 2 %}
{% set a = b = 1 %}
{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% set a, b = 'xy' %}{{ a }}{{ b }}
{% set (a, b) = [1, 2] %}{{ a }}{{ b }}
{% set a, b = [1] %}
{% set [a, b] = [1, 2] %}
{% set a = 1, 2 %}{{ a }}
{% set a = 1, %}{{ a }}
{% set a %}
{% set a %}x{% endset %}{{ a }}{{ a is string }}
{% set a|upper|replace('X','y') %}x{% endset %}{{ a }}
{% set a = 1 %}{% if true %}{% set a = 2 %}{% endif %}{{ a }}
{% set a = 1 %}{% with %}{% set a = 2 %}{{ a }}{% endwith %}{{ a }}
{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}
{% set a = 5 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}
{% with a, b = 1 %}{% endwith %}
{% with a = 1 %}{{ a }}{% endwith %}{{ a is defined }}
{% set true = 1 %}
{% set none = 1 %}
{% set None = 1 %}
{% set loop = 1 %}{{ loop }}
{% set self = 1 %}{{ self }}
{% set messages = messages[1:] %}{{ messages|length }}
{% set range = 1 %}{{ range }}
{% set a.b.c = 1 %}
{% set a[0] = 1 %}
{% set a() = 1 %}
{% if 1 %}a{% elif 1 %}b{% else %}c{% endif %}
{% if 0 %}a{% elif '' %}b{% else %}c{% endif %}
{% if 0 %}a{% elif [] %}b{% elif {} %}c{% elif missing %}d{% endif %}
{% if missing.x %}a{% endif %}
{% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}{% endif %}
{% if messages[99] %}a{% else %}b{% endif %}
{% if messages[99].role %}a{% endif %}
{% if not missing %}a{% endif %}
{% if (1 if missing else 2) == 2 %}b{% endif %}
{% if %}a{% endif %}
{% if 1 %}a
{% if 1 %}{% else %}{% else %}{% endif %}
{% if 1 %}{% for x in [1] %}{% endif %}{% endfor %}
{% endif %}
{% else %}
{% elif 1 %}
{% endfor %}
{% macro m(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}{{ m(1, c='z') }}{{ m(c=1, a=2) }}{{ m() }}
{% macro m(a, b) %}{{ a }}{{ b is defined }}{% endmacro %}{{ m(1) }}{{ m(1, 2) }}
{% macro m(a, b=1, c) %}{% endmacro %}
{% macro m(a=b, b=1) %}{{ a }}|{{ b }}{% endmacro %}{{ m() }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}
{% macro m() %}{{ varargs|length }}{% endmacro %}{{ m() }}{{ m(1) }}{{ m(*[1,2,3]) }}
{% macro m() %}{{ kwargs.items()|list }}{% endmacro %}{{ m(**{'a': 1}) }}
{% macro m(x) %}{{ caller() }}{{ x }}{% endmacro %}{% call m(1) %}body{% endcall %}
{% macro m() %}{% for i in [1,2] %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(x) m() %}<{{ x }}>{% endcall %}
{% macro m() %}{{ caller is defined }}{% if caller %}{{ caller() }}{% endif %}{% endmacro %}{{ m() }}{% call m() %}c{% endcall %}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{% macro m() %}x{% endmacro %}{% call m() %}c{% endcall %}
{% macro m(caller) %}x{% endmacro %}
{% macro m(caller=none) %}{{ caller() if caller else 'no' }}{% endmacro %}{{ m() }}{% call m() %}c{% endcall %}
{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}
{% set x = 1 %}{% macro m() %}{{ x }}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}
{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}
{% macro a() %}a{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}
{{ m() }}{% macro m() %}x{% endmacro %}
{% if false %}{% macro m() %}x{% endmacro %}{% endif %}{{ m is defined }}
{% if true %}{% macro m() %}x{% endmacro %}{% endif %}{{ m() }}
{% for i in [1] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}
{% macro m() %} x {% endmacro %}[{{ m() }}][{{ m()|trim }}]{{ m() == ' x ' }}{{ m() is string }}{{ m()|length }}
{% macro m() %}{{ '<' }}{% endmacro %}{{ m()|e }}{{ m() ~ '<' }}
{% macro m(a, a) %}{% endmacro %}
{% macro m(1) %}{% endmacro %}
{% macro m %}{% endmacro %}
{% macro m() %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}{% endmacro %}{{ m() }}
{% macro 1m() %}{% endmacro %}
{% macro m(a={}) %}{{ a }}{% endmacro %}{{ m() }}{{ m(none) }}{{ m(missing) }}
{% macro m(a=[]) %}{{ a + [1] }}{% endmacro %}{{ m() }}{{ m() }}
{% call missing() %}x{% endcall %}
{% call 5 %}x{% endcall %}
{% call(x, y=2) m() %}{% endcall %}
{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(x, y=2) m() %}{{ x }}{{ y }}{% endcall %}
{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}
{% macro m() %}{{ caller(z=2) }}{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}
{% macro o() %}{% call i() %}{{ caller() }}{% endcall %}{% endmacro %}{% macro i() %}[{{ caller() }}]{% endmacro %}{% call o() %}x{% endcall %}
{% filter upper %}a{{ 'b' }}{% endfilter %}
{% filter replace('a', 'b')|upper %}aaa{% endfilter %}
{% filter indent(2) %}a␊b{% endfilter %}
{% filter nope %}a{% endfilter %}
{% filter length %}abc{% endfilter %}
{% filter upper %}{% for x in [1,2] %}a{{ x }}{% endfor %}{% endfilter %}
{% filter %}a{% endfilter %}
{% set x = 'a' %}{% filter upper %}{% set x = 'b' %}{{ x }}{% endfilter %}{{ x }}
{% raw %}{{ x }}{% if %}{% endraw %}
{% raw %}a␊{% endraw %}␊b
{%- raw -%} a {%- endraw -%} b
{% raw %} {{ {% endraw %}x
{% raw %}{% raw %}{% endraw %}
{% raw %}
{% endraw %}
a{# c #}b
a {#- c -#} b
a␊{# c #}␊b
a␊  {# c #}  ␊b
{# {# #} #}
{# {{ x }} {% if %} #}
{# unclosed
{#- x #}a
{#+ x +#}␊a
a␊b␊
a␊b␊␊
␊a
␊␊
a␍␊b␍c␍␊
{{ 'a␊b' }}
{{ 'a␍␊b' }}
{{ 'a\nb\tc\\d' }}
  {% if 1 %}  a  {% endif %}  
␊  {% if 1 %}␊  a␊  {% endif %}␊  b
x␊  {%- if 1 %}␊  a␊  {%- endif %}␊  b
x␊  {% if 1 -%}␊  a␊  {% endif -%}␊  b
x␊  {%+ if 1 %}a{%+ endif %}␊b
x␊  {%+ if 1 +%}␊a␊{% endif +%}␊b
x␊␉{% if 1 %}␊a{% endif %}␊
 {{ 1 }} ␊ {{ 2 }}␊
 {{- 1 -}} ␊ {{- 2 -}}␊ x
 {{+ 1 }}
a{{ 1 -}}   b
a   {{- 1 }}b
a {%- set x = 1 -%} b
a␊␊{%- set x = 1 -%}␊␊b
{% set x = 1 %}␊{% set y = 2 %}␊␊{{ x }}
{% for x in [1,2] %}␊{{ x }}␊{% endfor %}␊end
{% for x in [1,2] -%}␊  {{ x }}␊{%- endfor %}␊end
{%- for m in messages -%}␊  {{- m.role -}}␊{%- endfor -%}
  {% for x in [1] %}  ␊  {{ x }}  ␊  {% endfor %}  ␊
␠{% if 1 %}␊x{% endif %}
a{% if 1 %}␊␊x{% endif %}␊␊y
{{ '{{' }}{{ '}}' }}{{ '{%' }}{{ "{#" }}
{{ "a" }}}
{{ {'a':{'b':1}} }}
{{ {'a':{'b':1}}.a.b}}
{{{'a':1}.a}}
{{{}}}
{{ }}
{{ 1
{{ 1 }
{% %}
{% if 1 }
{%
{{
{#
}} %} #}
{ { x } } { % x % }
{{ x|  default( 'a' ) }}
{{␊1␊+␊2␊}}
{{ 1 }}{{ 2 }}{{ '' }}{{ none }}{{ missing }}
{{ "a" "b" ~ 'c' }}
{{ 'unclosed }}
{{ a b }}
{{ a. }}
{{ a.b.c }}
{{ .a }}
{{ a..b }}
{{ a[ }}
{{ a] }}
{{ (1 }}
{{ 1) }}
{{ [1, 2 }}
{{ {1: 2 }}
{{ @ }}
{{ $x }}
{{ a? }}
{{ `a` }}
{{ \ }}
{{ é }}{% set é = 1 %}{{ é }}
{{ 变量 is defined }}
{{ a-b }}
{{ x_1 is defined }}{{ _x is defined }}{{ X is defined }}
{{ not }}
{{ is }}
{{ if }}
{{ for is defined }}{{ endfor is defined }}{{ set is defined }}
{{ in }}
{{ else }}
{{ and }}
{{ true.x }}{{ none.x }}
{{ True and not False }}{{ TRUE is defined }}{{ NONE is defined }}
{{ 1 if true }}{{ 1 if false }}|{{ (1 if false) is defined }}
{{ 1 if false else 2 if false else 3 }}
{{ (x for x in [1]) }}
{{ [x for x in [1]] }}
{{ lambda: 1 }}
{{ f"a" }}
{{ r'a' }}
{{ b'a' }}
{{ u'a' }}
{{ '''a''' }}
{{ 1; 2 }}
{{ a := 1 }}
{{ *a }}
{{ dict(**{'a':1}, b=2) }}
{{ dict(a=1, **{'b':2}) }}
{{ dict(a=1, **{'a':2}) }}
{{ dict(a=1, a=2) }}
{{ range(*[1,3])|list }}
{{ range(*[1], 3)|list }}
{{ dict(a=1, 2) }}
{{ '%s'|format(*['a']) }}
{{ namespace(**{'a':1}).a }}
{{ range(1, *[3])|list }}
{{ range(3,)|list }}
{{ range(,) }}
{{ 'x'.join(*[['a','b']]) }}
{% include 'a' %}
{% include 'a' ignore missing %}b
{% include ['a','b'] ignore missing with context %}b
{% include missing %}
{% include %}
{% import 'a' as b %}
{% import 'a' %}
{% from 'a' import b %}
{% from 'a' import b as c, d with context %}
{% from 'a' import %}
{% extends 'a' %}
{% extends missing %}
{% if 0 %}{% extends 'a' %}{% endif %}x
{% if 0 %}{% include 'a' %}{% endif %}x
{% if 0 %}{% import 'a' as b %}{% endif %}x
{% trans %}a{% endtrans %}
{% do [].append(1) %}
{% debug %}
{% autoescape %}{% endautoescape %}
{% autoescape true %}{{ '<' }}{{ '<'|safe }}{{ ['<'] }}{{ 1 }}{{ none }}{% endautoescape %}{{ '<' }}
{% autoescape false %}{{ '<' }}{% endautoescape %}
{% autoescape flag %}{{ '<' }}{{ '<' ~ '>'|safe }}{% endautoescape %}
{% autoescape true %}{{ '<' + '>'|safe }}{{ '<'|upper }}{{ '<b>'|safe|upper }}{{ html }}{{ html|striptags }}{{ ['<']|join }}{{ '<'|tojson }}{% endautoescape %}
{% autoescape true %}{% set x %}<{% endset %}{{ x }}{% macro m() %}<{% endmacro %}{{ m() }}{{ '%s'|format('<') }}{{ ('%s'|safe)|format('<') }}{% endautoescape %}
{% autoescape true %}{{ '<a>'|replace('a','<') }}{{ '<'|e }}{{ '<'|forceescape }}{{ '<'|safe|forceescape }}{{ "'\"&" }}{{ '<'|indent }}{{ 'x'|xmlattr }}{% endautoescape %}
{% block a %}x{% endblock %}
{% block a %}x{% endblock a %}
{% block a %}x{% endblock b %}
{% block a %}{% endblock %}{% block a %}{% endblock %}
{% block 1 %}{% endblock %}
{% block a-b %}{% endblock %}
{% block a %}x{% endblock %}{{ self.a() }}{{ self.b is defined }}
{% block a %}{{ super() }}{% endblock %}
{% set x = 1 %}{% block a %}{{ x }}{% endblock %}
{% for x in [1] %}{% block a %}{{ x }}{% endblock %}{% endfor %}
{% for x in [1] %}{% block a scoped %}{{ x }}{{ loop.index }}{% endblock %}{% endfor %}
{% block a required %}{% endblock %}
{% block a required %}x{% endblock %}
{% block a %}{% set q = 3 %}{{ q }}{% endblock %}{{ q }}
{% generation %}a{% endgeneration %}
{% generation %}{{ messages[1].content }}{% endgeneration %}b
{% generation %}{% generation %}a{% endgeneration %}{% endgeneration %}
{% generation x %}{% endgeneration %}
{% set x = 1 %}{% generation %}{% set x = 2 %}{{ x }}{% endgeneration %}{{ x }}
{% for m in messages %}{% generation %}{{ m.role }}{% endgeneration %},{% endfor %}
{% nope %}
{% endnope %}
{% Set x = 1 %}
{% set x = 1 -%} {{ x }}
{%set x=1%}{{x}}
{%-set x=1-%}{{x}}
{% set x=1 %} {% set y=2%}{{x+y}}
{% set x = 1 y %}
{% set = 1 %}
{% set x 1 %}
{% set x = %}
{% for in [1] %}{% endfor %}
{% for x [1] %}{% endfor %}
{% for x in %}{% endfor %}
{% for x in [1] if %}{% endfor %}
{% for 1 in [1] %}{% endfor %}
{% for true in [1] %}{% endfor %}
{% for x in 1, 2 %}{{ x }}{% endfor %}
{% for x in [1], [2] %}{{ x }}{% endfor %}
{% for x in (1, 2) %}{{ x }}{% endfor %}
{% for x in [1,2]|reverse %}{{ x }}{{ loop.length }}{% endfor %}
{% for x in [3,1,2]|sort %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for x in messages|selectattr('role','eq','user') %}{{ loop.last }}{{ loop.length }}{% endfor %}
{% for g in people|groupby('age') %}{{ g.grouper }}:{% for p in g.list %}{{ p.name }}{% endfor %};{% endfor %}
{% for age, l in people|groupby('age') %}{{ age }}={{ l|length }};{% endfor %}
{% for row in range(5)|batch(2, 'x') %}{{ row }}{% endfor %}
{% for col in range(5)|slice(2) %}{{ col }}{{ loop.index }}{% endfor %}
{% for c in emoji %}[{{ c }}]{% endfor %}
{% for x in tool.function.parameters.properties %}{{ x }}{% endfor %}
{% for k, v in tool.function.parameters.properties|items %}{{ k }}{{ v.type }}{% endfor %}
{% for k, v in tool|dictsort %}{{ k }}{% endfor %}
{% for m in messages %}{{ m['content'] if m['content'] is string else m['content']|tojson }}{% endfor %}
{% for m in messages %}{% if m.content is string %}s{% elif m.content is iterable and m.content is not none %}i{% else %}n{% endif %}{% endfor %}
{% for m in messages %}{{ m.get('content') or '' }}{{ m.tool_calls is defined }}{% endfor %}
{% for m in messages %}{% if 'tool_calls' in m %}{% for t in m.tool_calls %}{{ t.function.name }}{{ t.function.arguments|tojson }}{% endfor %}{% endif %}{% endfor %}
{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}x{% endif %}{% endfor %}
{% if not tools is defined %}a{% endif %}{% if tools is none %}b{% endif %}{% if not tools %}c{% endif %}
{{ messages[-1]['content'][0].text }}{{ messages[-1].content[-1].type }}{{ messages|map(attribute='content')|select('string')|join('|') }}
{{ messages|tojson(indent=2) }}
{{ tool|tojson }}{{ tool|tojson(indent=4)|length }}
{{ raise_exception('Roles must alternate ' ~ messages[0].role) }}
{% if messages[0].role != 'user' %}{{ raise_exception('x') }}{% endif %}
{% set x = joiner(', ') %}{% for i in [1,2,3] %}{{ x() }}{{ i }}{% endfor %}
{% set c = cycler('a', 'b') %}{% for i in [1,2,3] %}{{ c.next() }}{% endfor %}{{ c.current }}{{ c.reset() }}{{ c.next() }}
{% set x = [1, 2] %}{% set x = x + [3] %}{{ x }}{{ x[-1] }}{{ x|sum }}
{% set d = {'a': 1} %}{% set d = dict(d, b=2) %}{{ d }}
{% set x = messages|length > 2 %}{{ x }}
{% set s = 'a,b' %}{% for p in s.split(',') %}{{ p }}{% endfor %}
{% set t = namespace(s='') %}{% for m in messages %}{% set t.s = t.s ~ m.role[0] %}{% endfor %}{{ t.s }}
{% set system = messages[0].content if messages[0].role == 'system' else 'd' %}{{ system }}
{%- set loop_messages = messages[1:] -%}{%- for m in loop_messages -%}{{ loop.index0 }}{%- endfor -%}
{% set a = missing %}{{ a is defined }}{{ a }}
{% set a = missing.b %}
{% set a = missing is defined and missing.b %}{{ a }}
{% if missing is defined and missing.x %}a{% else %}b{% endif %}
{{ missing|default('a') }}{{ missing.b|default('a') }}
{{ (missing or {}).b|default('c') }}
{{ messages[0].foo|default('a') }}{{ messages[0].foo.bar|default('a') }}
{{ missing ~ 'a' }}{{ missing|length }}{{ missing|list }}{{ missing|upper }}{{ missing|string }}{{ missing|join }}
{{ missing|first }}|{{ missing|int }}{{ missing|float }}{{ missing|sort }}{{ missing|tojson }}
{{ missing + 1 }}
{{ missing() }}
{{ missing[0] }}
{{ missing.a }}
{{ -missing }}
{{ missing < 1 }}
{{ missing == 1 }}{{ missing != 1 }}{{ missing in [1] }}{{ 1 in missing }}{{ missing is none }}
{{ missing|abs }}
{{ missing|round }}
{{ missing|items|list }}{{ missing|dictsort }}
{{ missing * 2 }}
{{ 2 ** missing }}
{{ 'a' % missing }}
{{ '%s' % missing }}
{{ [missing]|join(',') }}{{ [missing, 1]|sum }}
{{ {missing: 1} }}{{ {'a': missing} }}
{{ missing if missing else 'x' }}{{ missing and 1 }}{{ missing or 1 }}{{ not missing }}
{{ [1,2,3][missing] }}
{{ {'a':1}[missing] }}
{{ range(missing) }}
{{ 'abc'[missing:] }}
{{ dict(missing) }}
{{ missing|map('upper')|list }}{{ missing|selectattr('a')|list }}
{{ missing|replace('a','b') }}{{ missing|trim }}{{ missing|e }}{{ missing|wordcount }}
"""


def cases():
    for line in TEMPLATES.strip("\n").split("\n"):
        template = line.replace("␊", "\n").replace("␍", "\r").replace("␉", "\t").replace("␠", " ")
        yield "language", template
