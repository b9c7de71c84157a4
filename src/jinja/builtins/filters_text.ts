import { callMethod } from "../methods/attributes.ts";
import { bind } from "../values/binding.ts";
import { type Filter, type Filters, given, or } from "./filter_support.ts";
import { escapeHtml, escapeText } from "../values/html.ts";
import { binary, compare, truthy } from "../values/operations.ts";
import { percent } from "../values/percent.ts";
import { lengthOf, slice } from "../values/sequences.ts";
import { joinText, replaceText, splitLines } from "../methods/str_search.ts";
import { repr, str } from "../values/text.ts";
import { index, isInt, isText, plain, raise, refuseUndefined, typeName } from "../values/types.ts";
import { isWord, lower, SPACE_CLASS, upper } from "../values/unicode.ts";
import {
  Dict,
  type Evaluation,
  type Keywords,
  Markup,
  Tuple,
  Undefined,
  type Value,
} from "../values/values.ts";
import { wrapLine } from "./wordwrap.ts";

/** Returns a str (or Markup) unchanged, and the `str()` of any other value. */
export function softText(value: Value, ev: Evaluation): string | Markup {
  return isText(value) ? value : str(value, ev);
}

function calling(call: string, method: string, names = ""): Filter {
  return (value, args, keywords, ev) => {
    const [, ...rest] = bind(call, `s ${names}`, [value, ...args], keywords);
    const passed = rest.filter((argument) => argument !== undefined);
    return callMethod(softText(value, ev), method, passed, ev);
  };
}

const center: Filter = (value, args, keywords, ev) => {
  const [, width] = bind("do_center", "value width?", [value, ...args], keywords);
  return callMethod(softText(value, ev), "center", [width === undefined ? 80n : width], ev);
};

const replace: Filter = (value, args, keywords, ev) => {
  const [, old, by, count] = bind("do_replace", "s old new count?", [value, ...args], keywords);
  const times = given(count) === null ? -1n : count!;
  if (!ev.autoescape) {
    if (!isInt(times)) raise("TypeError", `'${typeName(times)}' object cannot be interpreted as an integer`);
    return replaceText(str(value, ev), str(old!, ev), str(by!, ev), index(times), ev);
  }
  const escapes = old instanceof Markup || by instanceof Markup && !(value instanceof Markup);
  const text = escapes ? new Markup(escapeText(value, ev)) : softText(value, ev);
  return callMethod(text, "replace", [softText(old!, ev), softText(by!, ev), times], ev);
};

// A word begins after whitespace, a hyphen or an opening bracket, but not after an apostrophe.
const START = `${SPACE_CLASS}({\\[<\\-`;
const WORD_START = new RegExp(`[${START}]+|[^${START}]+`, "gu");

const title: Filter = (value, args, keywords, ev) => {
  bind("do_title", "s", [value, ...args], keywords);
  const text = plain(softText(value, ev));
  return text.replace(WORD_START, (word) => {
    const first = String.fromCodePoint(word.codePointAt(0)!);
    return upper(first) + lower(word.slice(first.length));
  });
};

const indent: Filter = (value, args, keywords, ev) => {
  const [, width, first, blank] = bind("do_indent", "s width? first? blank?", [value, ...args], keywords);
  const step = indention(width, ev);
  if (value instanceof Undefined) refuseUndefined(value);
  if (Array.isArray(value)) raise("AttributeError", "'list' object has no attribute 'splitlines'");
  if (!isText(value)) {
    raise("TypeError", `unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`);
  }
  const safe = value instanceof Markup;
  const before = isText(step) && safe ? escapeText(new Markup(plain(step)), ev) : plain(step);
  const lines = splitLines(plain(value) + "\n");
  const fill = blank !== undefined && truthy(blank, ev);
  ev.budget.text(plain(value).length + before.length * lines.length);
  const rest = lines.slice(1).map((line) => fill || line ? before + line : line);
  const text = [lines[0] ?? "", ...rest].join("\n");
  const result = first !== undefined && truthy(first, ev) ? before + text : text;
  return safe ? new Markup(result) : result;
};

function indention(width: Value | undefined, ev: Evaluation): string | Markup {
  if (width === undefined) return "    ";
  return isText(width) ? width : binary("*", " ", width, ev) as string;
}

const truncate: Filter = (value, args, keywords, ev) => {
  const names = "s length? killwords? end? leeway?";
  const [, size, kill, mark, slack] = bind("do_truncate", names, [value, ...args], keywords);
  const [length, end, leeway] = [or(size, 255n), or(mark, "..."), given(slack) ?? 5n];
  const endLength = BigInt(lengthOf(end, ev));
  if (!compare(">=", length, endLength, ev)) {
    raise("AssertionError", `expected length >= ${endLength}, got ${str(length, ev)}`);
  }
  if (!compare(">=", leeway, 0n, ev)) raise("AssertionError", `expected leeway >= 0, got ${str(leeway, ev)}`);
  const most = binary("+", length, leeway, ev);
  if (compare("<=", BigInt(lengthOf(value, ev)), most, ev)) return value;
  const cut = slice(value, null, binary("-", length, endLength, ev), null, ev);
  if (kill !== undefined && truthy(kill, ev)) return binary("+", cut, end, ev);
  const parts = callMethod(cut, "rsplit", [" ", 1n], ev) as Value[];
  return binary("+", parts[0], end, ev);
};

const wordwrap: Filter = (value, args, keywords, ev) => {
  const names = "s width? break_long_words? wrapstring? break_on_hyphens?";
  const [, size, long, by, hyphens] = bind("do_wordwrap", names, [value, ...args], keywords);
  if (value instanceof Undefined) refuseUndefined(value);
  const lines = callMethod(value, "splitlines", [], ev) as (string | Markup)[];
  const separator = by === undefined || by === null ? "\n" : by;
  if (!isText(separator)) {
    raise("AttributeError", `'${typeName(separator)}' object has no attribute 'join'`);
  }
  const width = or(size, 79n);
  if (lines.length && !isInt(width) && typeof width !== "number") {
    raise("TypeError", `'<=' not supported between instances of '${typeName(width)}' and 'int'`);
  }
  const style = {
    width: Number(width),
    real: typeof width === "number",
    breakWords: long === undefined || truthy(long, ev),
    breakHyphens: hyphens === undefined || truthy(hyphens, ev),
  };
  if (lines.length && style.width <= 0) {
    raise("ValueError", `invalid width ${repr(width, ev)} (must be > 0)`);
  }
  const wrapped = lines.map((line) => joinText(plain(separator), wrapLine(plain(line), style, ev), ev));
  const result = joinText(plain(separator), wrapped, ev);
  return separator instanceof Markup ? new Markup(result) : result;
};

const wordcount: Filter = (value, args, keywords, ev) => {
  bind("do_wordcount", "s", [value, ...args], keywords);
  let [count, inside] = [0n, false];
  for (const character of plain(softText(value, ev))) {
    const word = isWord(character);
    if (word && !inside) count++;
    inside = word;
  }
  return count;
};

const format: Filter = (value, args, keywords, ev) => {
  if (args.length && keywords.size) {
    raise("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
  }
  return percent(softText(value, ev), keywords.size ? dictOf(keywords) : new Tuple(args), ev);
};

function dictOf(keywords: Keywords): Dict {
  return Dict.from(keywords);
}

const forceescape: Filter = (value, args, keywords, ev) => {
  bind("do_forceescape", "value", [value, ...args], keywords);
  return new Markup(escapeHtml(str(value, ev), ev));
};

function escape(value: Value, args: readonly Value[], keywords: Keywords, ev: Evaluation): Value {
  bind("escape", "/ s", [value, ...args], keywords);
  return value instanceof Markup ? value : new Markup(escapeText(value, ev));
}

/** Filters for text. */
export const TEXT_FILTERS: Filters = {
  capitalize: calling("do_capitalize", "capitalize"),
  center,
  e: escape,
  escape,
  forceescape,
  format,
  indent,
  lower: calling("do_lower", "lower"),
  replace,
  safe: (value, args, keywords, ev) => {
    bind("do_mark_safe", "value", [value, ...args], keywords);
    return new Markup(str(value, ev));
  },
  string: (value, args, keywords, ev) => {
    bind("soft_str", "/ s", [value, ...args], keywords);
    return softText(value, ev);
  },
  title,
  trim: (value, args, keywords, ev) => {
    const [, chars] = bind("do_trim", "value chars?", [value, ...args], keywords);
    return callMethod(softText(value, ev), "strip", [given(chars)], ev);
  },
  truncate,
  upper: calling("do_upper", "upper"),
  wordcount,
  wordwrap,
};
