"""Every filter over every kind of value, and every test."""

from cases_values import VALUES

# Filter, its arguments: each over every value.
WIDE = {
    "abs": [""], "attr": ["('a')"], "batch": ["(2)|list"], "capitalize": [""], "center": ["(15)"], "count": [""],
    "default": ["('d')", "('d', true)"], "dictsort": [""], "escape": [""], "filesizeformat": [""], "first": [""],
    "float": ["", "(7)"], "forceescape": [""], "format": ["(1)"], "groupby": ["('a')"], "indent": ["(2)"],
    "int": ["", "(default=7)"], "items": ["|list"], "join": ["", "('-')"], "last": [""], "length": [""],
    "list": [""], "lower": [""], "map": ["('string')|list"], "max": [""], "min": [""], "pprint": [""],
    "reject": ["|list"], "rejectattr": ["('a')|list"], "replace": ["('l', 'L')"], "reverse": ["|list"],
    "round": [""], "safe": [""], "select": ["|list"], "selectattr": ["('a')|list"], "slice": ["(2)|list"],
    "sort": [""], "string": [""], "striptags": [""], "sum": [""], "title": [""], "tojson": ["", "(indent=2)"],
    "trim": [""], "truncate": ["(6)", "(5, true, '', 0)"], "unique": ["|list"], "upper": [""], "urlencode": [""],
    "urlize": [""], "wordcount": [""], "wordwrap": ["(5)"], "xmlattr": [""], "d": ["(1)"], "e": [""],
}

# Filter expressions with particular arguments.
NARROW = """
5|abs; -2.5|abs; true|abs; 'x'|abs(1); people[0]|attr('name'); 'x'|attr('upper'); 'x'|attr(1); 'x'|attr('__class__')
[1,2,3,4,5]|batch(2)|list; [1,2,3,4,5]|batch(2, 0)|list; [1,2,3]|batch(linecount=2, fill_with='x')|list; [1]|batch(0)|list
[]|batch(3, 1)|list; [1,2,3]|batch(2, none)|list; 'ÉCOLE été'|capitalize; 'ǆ'|capitalize; 'ß'|capitalize; 'ß'|upper; 'İ'|lower|length
'ΑΣ'|lower; 'ΑΣ ΑΣ.'|lower; 'ŉ'|upper; 'ﬁx'|title; 'a'|center(4) ~ '|'; 'ab'|center(5) ~ '|'; 'abc'|center(width=2); 'a'|center(-1)
emoji|center(9) ~ '|'; 'x'|center|length; missing|default; missing|default('a', boolean=true); ''|default('a'); ''|default('a', true)
none|default('z'); None|default('z'); None|default('z', true); missing.x|default('q'); 0|default(5, boolean=true); missing|d(default_value=3)
[]|d([1], true); {'b':1,'A':2,'c':0}|dictsort; {'b':1,'A':2,'c':0}|dictsort(true); {'b':1,'A':2,'c':0}|dictsort(by='value')
{'b':1,'A':2,'c':0}|dictsort(false, 'value', true); {'b':1}|dictsort(by='x'); {2:'x',1:'y'}|dictsort; {1:'x','a':'y'}|dictsort
{'b':'B','a':'a'}|dictsort(by='value', case_sensitive=true); {}|dictsort; {'b':1,'a':2}|dictsort(reverse=true)
html|e; html|escape|escape; html|e|forceescape; '<'|safe|e; '<' ~ ('>'|e); ('<'|e) ~ '>'; ('<'|e) + '>'; '>' + ('<'|e); ('<'|e) * 2
[('<'|e), '<']|join; [('<'|e), '<']|join('>'); ['<', '>']|join('&'|e); ('a'|e)|upper; ('%s'|e) % '<'; ('%s'|e)|format('<'); ('{}'|e).format('<')
'<b>'|safe|replace('b', '<'); 'b'|replace('b'|safe, '<'|safe); ('<'|e)|length; ('<'|e)|string|e; ('<'|e) == '&lt;'; ('<'|e)|tojson; [('<'|e)]; ('<'|e)|list
1|filesizeformat; 0|filesizeformat; 999|filesizeformat; 1000|filesizeformat; 1000000|filesizeformat; 1536|filesizeformat(true); 1024|filesizeformat(binary=true)
1e30|filesizeformat; -5|filesizeformat; '1000'|filesizeformat; 2.7|filesizeformat; 1500000000|filesizeformat
'abc'|first; {'z':1}|first; []|first; ''|first; []|first|default('n'); range(3)|first; people|map(attribute='name')|first; emoji|last; []|last; {'a':1,'b':2}|last
'1.5'|float; 'x'|float(3); 'x'|float(default='y'); '1e3'|float; 'inf'|float; 'nan'|float; '-Infinity'|float; '1_000.5'|float; ' 7 '|float; '0x1p3'|float; '١'|float; none|float; '.5'|float; '5.'|float; '1__0'|float
'%s-%d'|format('a', 3); '%(x)s'|format(x=1); '%s'|format; '%s'|format(1, 2); '%s %s'|format(1); '%(a)s%(b)s'|format(a='x'); '%d'|format('x'); 'x'|format(x=1); '%s'|format([1]); '%s'|format((1,))
people|groupby('age')|list; people|groupby('town')|list; people|groupby('town', case_sensitive=true)|list; people|groupby('x', default='?')|list; people|groupby('x')|list; people|groupby(attribute='age')|map('first')|list
(people|groupby('age')|first).grouper; (people|groupby('age')|first).list|length; (people|groupby('age')|first)[0]; [[1,2],[1,3]]|groupby(0)|list; [{'a':{'b':1}}]|groupby('a.b')|list; [{'a':1},{'a':'x'}]|groupby('a')|list
'a\\nb\\n\\nc'|indent; 'a\\nb'|indent(2, true); 'a\\n\\nb'|indent(2, blank=true); 'a\\nb'|indent('>>'); 'a\\nb'|indent(width=1, first=true); 'a\\r\\nb\\rc'|indent(1); 'a\\x0bb\\x0cc\\u2028d'|indent(1); ''|indent(3, true); '\\n'|indent(3, true); 'a\\n'|indent(2); 'a\\nb'|indent(none); 'a\\nb'|indent(2.5); 'a\\nb'|indent(true)
'12'|int; '12.9'|int; 'x'|int; 'x'|int(5); '0x1A'|int(0, 16); '0x1A'|int(base=16); '1A'|int(0, 16); '0b11'|int(0, 2); '0o17'|int(0, 8); 'z'|int(0, 36); '12'|int(0, 3); '0x1A'|int(0, 0); ' 12 '|int; '1_000'|int; '1e3'|int; 2.9|int; -2.9|int; 1e300|int; 'inf'|int; none|int(3); true|int; '١٢'|int; '+5'|int; '-'|int; ''|int; [1]|int; 1e999|int; '12345678901234567890123'|int
{'a':1}|items|list; {}|items|list; missing|items|list; 'x'|items|list; [1]|items|list
[1,2]|join; [1,'a',None,2.5,true]|join(','); people|join(', ', attribute='name'); people|join(attribute='town'); 'abc'|join('-'); {'a':1,'b':2}|join('+'); [[1],[2]]|join; [missing]|join('x'); [1,2]|join(3); [1]|join(none); []|join('x'); [1,2]|join(d='/'); people|join(', ', 'age'); range(3)|join
emoji|length; {'a':1}|count; range(9)|length; 5|length; none|length; 'é'|length; '👨‍👩‍👧'|length; 'abc'|list; {'b':1}|list; emoji|list; 5|list
people|map(attribute='name')|list; people|map(attribute='x')|list; people|map(attribute='x', default='?')|list; people|map('length')|list; people|map('upper')|list; ['a','b']|map('upper')|join; [1,2]|map('nope')|list; [1,2]|map|list; []|map('nope')|list; [[3,1],[2]]|map('sort')|list; ['a']|map('replace', 'a', 'b')|list; ['1']|map('int', default=3)|list; people|map(attribute='name.0')|list; [[1,2]]|map(attribute=1)|list; [[1,2]]|map(attribute='1')|list; people|map('attr', 'name')|list; people|map(attribute='name', x=1)|list; people|map(attribute='name,age')|list; [1]|map(attribute=none)|list; missing|map('upper')|list; none|map('upper')|list; 5|map('string')|list
[1,5,3]|max; ['a','B']|max; ['a','B']|max(true); ['b','A']|min; ['b','A']|min(case_sensitive=true); people|max(attribute='age'); people|min(attribute='name'); []|max; []|max|default('e'); [1,'a']|max; [[1,2],[1,3]]|max; {'a':1,'c':0}|max; (people|max(attribute='age')).name; [2,2.0]|max; [true,1]|min; [none]|max; [none,1]|max; 'hello'|max; 'aB'|min
{'b':[1]}|pprint; 'x'|pprint; range(40)|list|pprint; people|pprint; {'b':1,'a':2}|pprint; ('x'*90)|pprint; [('word '*20), 1]|pprint; none|pprint; 1.0|pprint; {'k':{'b':range(30)|list}}|pprint
[1,2,3,4]|reject('odd')|list; [1,2,3,4]|select('odd')|list; [1,2,3,4]|select('divisibleby', 2)|list; [0,1,'',none]|select|list; [0,1,'']|reject|list; [1,2]|select('nope')|list; []|select('nope')|list; [1,2,3]|select('>', 1)|list; [1,2,3]|select('in', [1])|list; ['a',1]|select('string')|list; [1,2,3]|reject('equalto', 2)|list; [1]|select('eq')|list; [1]|select('odd', 1)|list; range(6)|select('even')|list|length
people|selectattr('age')|list|length; people|selectattr('age', 'equalto', 36)|map(attribute='name')|list; people|selectattr('age', 'gt', 10)|list|length; people|rejectattr('age', '==', 7)|map(attribute='name')|join; people|rejectattr('x')|list|length; people|selectattr('x', 'defined')|list; people|rejectattr('x', 'defined')|list|length; people|selectattr|list; people|selectattr('town', 'in', ['paris', 'London'])|map(attribute='name')|list; people|selectattr('name', 'nope')|list; messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|first; messages|selectattr('content', 'none')|list|length; messages|selectattr('content', 'string')|list|length; people|selectattr('name.0', 'eq', 'A')|list|length; messages|rejectattr('role', 'in', ['system', 'tool'])|map(attribute='role')|list; [[0,1]]|selectattr(1)|list; [[0,1]]|selectattr('0')|list
'aaa'|replace('a', 'b'); 'aaa'|replace('a', 'b', 2); 'aaa'|replace('a', 'b', count=1); 'abc'|replace('', '-'); 'abc'|replace('', '-', 2); 'a'|replace('a', 1); 1|replace(1, 2); none|replace('N', 'n'); 'aaa'|replace('a', 'b', 0); 'aaa'|replace('a', 'b', -1); 'aaa'|replace('a', 'b', none); 'x'|replace('x'); emoji|replace('\\u0301', ''); 'a.b'|replace('.', '$&'); 'a'|replace('a', '$1\\\\1'); [1]|replace('1', '2'); 'ab'|replace(old='a', new='c')
'abc'|reverse; [1,2]|reverse|list; (1,2)|reverse|list; {'a':1,'b':2}|reverse|list; range(3)|reverse|list; emoji|reverse; 5|reverse; ([1,2]|map('string'))|reverse|list; ''|reverse; ({'a':1}.items())|reverse|list; none|reverse
2.5|round; 3.5|round; 2.675|round(2); -2.5|round; 2.1|round(method='ceil'); 2.9|round(0, 'floor'); 1234.5|round(-2); 1234|round(-2); 1234|round; 5|round(1); 2.123|round(1, 'ceil'); 2.129|round(2, 'floor'); 2.5|round(method='x'); '2.5'|round; true|round; 1e20|round; 0.5|round; 1.5|round; 2.5|round|int; 1e308|round(2); 12.5|round(precision=1); -0.4|round; 1e22|round(-22); 2.5|round(1.5); 2.5|round(none); 1e300|round(300, 'ceil')
'<b>'|safe; '<b>'|safe|string; 1|safe; none|safe; [1]|safe; '<'|safe ~ '>'; ['<']|safe
range(7)|slice(3)|list; [1,2,3,4,5]|slice(3, 'x')|list; [1,2]|slice(slices=2, fill_with=0)|list; [1]|slice(0)|list; [1,2,3,4]|slice(3, none)|list; []|slice(2)|list; [1,2,3]|slice(-1)|list; [1,2,3]|slice(2.5)|list
[3,1,2]|sort; [3,1,2]|sort(true); ['b','A','c']|sort; ['b','A','c']|sort(case_sensitive=true); people|sort(attribute='age')|map(attribute='name')|list; people|sort(attribute='age,name')|map(attribute='name')|list; people|sort(true, true, 'town')|map(attribute='name')|list; people|sort; [1,'a']|sort; 'hello'|sort; {'b':1,'a':2}|sort; [(2,1),(1,2)]|sort; [[2],[1,5]]|sort; [true,false,0]|sort; [none,1]|sort; [none,none]|sort; people|sort(attribute='x')|length; [2.5,1]|sort; [1,2]|sort(reverse=1); ['é','e','f']|sort; ['b','B','a','A']|sort; ['b','B','a','A']|sort(reverse=true); [missing, missing]|sort; people|sort(attribute='name', reverse=true)|map(attribute='name')|join(' '); ['😀', '\\uffff']|sort
1|string; none|string; [1]|string; 1.0|string; html|string; ('<'|e)|string; true|string; missing|string
html|striptags; '<p>a</p>  <p>b</p>'|striptags; '&lt;x&gt; &amp;amp; &#65; &copy; &notit; &#x41;'|striptags; '<!-- c --> x'|striptags; '<a'|striptags; 'a < b > c'|striptags; ' a \\n\\n b '|striptags; 5|striptags; '<!-- <b> -->y<!--'|striptags; '&#0; &#128; &#xD800; &nope; &nbsp;'|striptags
[1,2]|sum; [1.5,2]|sum; people|sum(attribute='age'); people|sum('age', 10); [1]|sum(start=5); []|sum; []|sum(start='x'); ['a']|sum; [[1],[2]]|sum(start=[]); [true,true]|sum; [0.1,0.2,0.3]|sum; [0.1]*10|sum; ([0.1]*10)|sum; [1,2]|sum(none, 3); people|sum('x'); [1, none]|sum; [1e308, 1e308, -1e308]|sum; [9007199254740993, 0.5]|sum
'hello wORLD'|title; "it's o'neill-smith (foo)"|title; 'ǆ x'|title; 'a1b'|title; 'été ÇA'|title; 'foo<bar[baz{q'|title; 'a_b a/b'|title; 'x\\ty'|title; "a 'b' \\"c\\""|title
'  x  '|trim; 'xxaxx'|trim('x'); 'xyaxy'|trim('yx'); 'a'|trim(chars='a'); '\\n a \\t'|trim; ' a'|trim(none); 'a'|trim(''); 5|trim; nul|trim|length; '\\u3000a\\u200b'|trim|length; '\\x1ca\\x1f'|trim; '\\ufeffa'|trim|length; none|trim; [1]|trim('[')
'hello world foo'|truncate(9); 'hello world foo'|truncate(9, true); 'hello world foo'|truncate(9, false, '…'); 'hello world'|truncate(9, leeway=0); 'hello world'|truncate(length=6, killwords=true, end='', leeway=0); 'hello'|truncate(2); 'hello world'|truncate(1); 'x'|truncate(2, false, '....'); ('ab '*100)|truncate; 'hello world foo bar'|truncate(11, leeway=2); 'hello'|truncate('3'); emoji|truncate(3, true, '', 0); 'hello world'|truncate(5, true, end='..', leeway=0); ('<'|e)|truncate(2, true, '', 0)
[1,1.0,true,'1']|unique|list; ['a','A','b']|unique|list; ['a','A']|unique(true)|list; people|unique(attribute='age')|map(attribute='name')|list; people|unique(attribute='town')|map(attribute='town')|list; 'hello'|unique|list; [[1],[1]]|unique|list; [none,none]|unique|list; {'a':1}|unique|list; [(1,2),(1,2)]|unique|list; people|unique|list
'a b/c?d=é&+'|urlencode; {'a b':'c&d','x':1}|urlencode; [('a',1),('b','ü')]|urlencode; 'a~b.c-d_e'|urlencode; {'a':[1,2]}|urlencode; emoji|urlencode; 5|urlencode; none|urlencode; [1]|urlencode; [[1,2]]|urlencode; ['ab']|urlencode; surrogate|urlencode; {'a/b':'/'}|urlencode; true|urlencode
'see http://a.b/c?d=1&e=2 now'|urlize; 'www.x.org, and foo@bar.com.'|urlize; '(https://x.y)'|urlize; 'http://aaaaaaaaaaaaaaaa.com'|urlize(10); 'http://a.b'|urlize(nofollow=true); 'http://a.b'|urlize(target='_blank'); 'http://a.b'|urlize(rel='x y'); 'ftp://a.b mailto:x@y.z tel:1'|urlize; 'tel:1'|urlize(extra_schemes=['tel:']); '<http://x.y>'|urlize; 'x.com y.org z.net q.de'|urlize; 'http://a.b/(x)'|urlize; 'a\\n http://x.y.'|urlize; 'http://a.b'|urlize(extra_schemes=['1']); 'mailto:x@y.z'|urlize
'a b  c'|wordcount; ''|wordcount; "it's a-b c_d é"|wordcount; text|wordcount; 5|wordcount; '...'|wordcount
'aaa bbb ccc'|wordwrap(5); 'aaaaaaa bb'|wordwrap(3); 'aaaaaaa bb'|wordwrap(3, false); 'a b c d'|wordwrap(3, wrapstring='|'); 'a-b-c-d'|wordwrap(3); 'a-b-c-d'|wordwrap(3, break_on_hyphens=false); 'x\\ny z'|wordwrap(9); 'a  b   c'|wordwrap(4); ''|wordwrap; 'a b'|wordwrap(0); '\\n\\nab cd\\n'|wordwrap(2); text|wordwrap(10, true, '/'); 'ab\\tcd ef'|wordwrap(4, false, '|'); 'well-known fact--or so - they say'|wordwrap(8, true, '|'); 'a\\u00a0b c'|wordwrap(2, true, '|'); '  lead trail  '|wordwrap(6, true, '|')
{'a':1,'b':none,'c':missing,'d':'<"'}|xmlattr; {'a':1}|xmlattr(false); {'a':1}|xmlattr(autospace=true); {}|xmlattr; {'a b':1}|xmlattr; {'a>':1}|xmlattr; {'a':true}|xmlattr; {1:2}|xmlattr; {'a/b':1}|xmlattr; {'a=':1}|xmlattr
{'a':[1,2.0,none,true],'é':'<\\n\\u0001"\\\\/'}|tojson; {'b':1,'a':2}|tojson(sort_keys=true); [1,{'a':[]}]|tojson(indent=4); {}|tojson(indent=2); []|tojson(indent=2); {'a':{}}|tojson(indent=0); [1,2]|tojson(separators=(',', ':')); {'a':1}|tojson(separators=(', ', ' = '), indent=1); 'é😀'|tojson; 'é😀'|tojson(ensure_ascii=true); {1:2,true:3,none:4,2.5:5}|tojson; {(1,2):3}|tojson; (1,2)|tojson; missing|tojson; [missing]|tojson; range(3)|tojson; 1e400|tojson; [-1e400]|tojson; 1e20|tojson; 1e16|tojson; 1e15|tojson; 0.0001|tojson; 0.00001|tojson; surrogate|tojson; nul|tojson; [1]|tojson(indent='--'); [1,[2]]|tojson(indent=true); [1]|tojson(4); [1]|tojson(true, 2); {'a':1}|tojson(false, none, (';', ':'), true); {'b':1,2:1}|tojson(sort_keys=true); {2:1,1:3}|tojson(sort_keys=true); {'a':1}|tojson(x=1); tool|tojson; tool|tojson(indent=2); messages|tojson; html|tojson; 123456789012345678901234567890|tojson; ('<'|safe)|tojson; people|map(attribute='name')|tojson; [1]|tojson(separators=':,'); [1]|tojson(indent=-1); [1,2]|tojson(indent=2.5); namespace()|tojson; '\\u2028\\x7f'|tojson; {}.items()|tojson; 'a'|tojson(separators=1); {'a':1}|tojson(separators=(1,2))
'abc'|upper|lower|title; [1,2]|nope; 'x'|upper(1); 'x'|lower(s=1); 'x'|upper(); 'x' |  upper; 'x'|upper.y; -1|abs; (-1)|abs; 1 + '2'|int; 'a' ~ 'b'|upper; [1,2]|first + 1; not ''|length; 'a'|upper|e * 2; 2**2|float; 'x'|map; 'x'|first.upper(); ('x'|first).upper(); 'a'|replace(*['a','b']); 'a'|replace(**{'old':'a','new':'z'}); '%s%s'|format(*[1,2]); 'a'|default(*[1],**{'boolean':true})
"""

TESTS = {
    "boolean": [""], "callable": [""], "defined": [""], "divisibleby": [" 2", "(3)"], "eq": [" 1"], "equalto": ["(2.5)"],
    "escaped": [""], "even": [""], "false": [""], "filter": [""], "float": [""], "ge": [" 2"], "gt": [" 2"],
    "greaterthan": ["(1)"], "in": ["([1, 'a', None])"], "integer": [""], "iterable": [""], "le": [" 2"], "lt": [" 'i'"],
    "lessthan": ["(3)"], "lower": [""], "mapping": [""], "ne": [" 2.5"], "none": [""], "number": [""], "odd": [""],
    "sameas": [" true", "(none)"], "sequence": [""], "string": [""], "test": [""], "true": [""], "undefined": [""], "upper": [""],
}

NARROW_TESTS = """
1 is == 1; 1 is != 2; 2 is > 1; 1 is defined and true; 1 is not defined; not 1 is defined; x is defined; x.y is defined; keyed.z is defined; keyed.z is undefined; keyed['z'] is not defined
1 is number is defined; 'a' in 'abc'; 1 is in [1,2]; 1 is not in [1]; 'x' is in 'xyz'; 3 is divisibleby 0; 'x' is divisibleby 2; 4 is divisibleby(num=2); 1 is nope; 1 is nope(2); true or 1 is nope; 'upper' is filter; 'nope' is filter; 'odd' is test; 'nope' is test; none is none; None is none; None is None
1 is true; true is true; 1 is sameas true; 'ABC1' is upper; '1' is upper; '' is lower; 'é' is lower; [] is iterable; '' is sequence; 5 is iterable; range is callable; (1,) is sequence; {} is mapping; {} is sequence; 'x' is eq 'x' and 1 is odd; 2 is odd or 3 is odd; 5 is lt 6; 5 is lt(6) is true
'a' is string and 'b' is string; -1 is odd; -1 is number; 2.0 is even; 2.5 is odd; true is integer; true is number; true is boolean; 1.0 is integer; 1.0 is float; ('x'|safe) is escaped; 'x' is escaped; ('x'|safe) is string; missing is none; missing is iterable; missing is sequence; missing is mapping; missing is string; missing is callable; missing is odd; missing is eq missing; missing == missing2; missing is in [missing]; missing is in []
1 is eq; 1 is eq(1, 2); 1 is defined(2); 1 is ; 1 is not; is defined; 1 is divisibleby 2 3; 1 is divisibleby -2; 4 is divisibleby 2 + 2; 4 is divisibleby 2 == true; 1 is defined == true; 1 is in (1,); 1 is sameas 1; 'a' is sameas 'a'; [] is sameas []; messages is sameas messages; 1 if x is defined else 2; x is not none; 3 is not divisibleby 2; 'x' is string|upper; x is defined|string; namespace is defined; loop is defined; raise_exception is defined; strftime_now is callable; dict is callable; joiner is callable; 1 is in; 1 is not not defined; false is false; 0 is false; 1 is none is none
"""


def lines(block):
    """The expressions of a block, separated by `; ` or line breaks; `\\\\` is one backslash of the template."""
    for line in block.strip().split("\n"):
        yield from (part.strip() for part in line.split("; "))


def cases():
    for name, variants in WIDE.items():
        for expression in VALUES.values():
            for arguments in variants:
                yield "filters", "{{ " + f"{expression}|{name}{arguments}" + " }}"
    for expression in lines(NARROW):
        yield "filter arguments", "{{ " + expression + " }}"
    for name, variants in TESTS.items():
        for expression in VALUES.values():
            for arguments in variants:
                yield "tests", "{{ " + f"{expression} is {name}{arguments}" + " }}"
    for expression in lines(NARROW_TESTS):
        yield "test arguments", "{{ " + expression + " }}"
