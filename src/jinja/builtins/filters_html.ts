import { bind } from "../values/binding.ts";
import { type Filter, type Filters, given } from "./filter_support.ts";
import { walk } from "./filters_list.ts";
import { escapeText } from "../values/html.ts";
import { toJson } from "./json.ts";
import { stripTags } from "../methods/markup.ts";
import { truthy } from "../values/operations.ts";
import { pretty } from "./pretty.ts";
import { listOf } from "../values/sequences.ts";
import { repr, str } from "../values/text.ts";
import { isText, plain, raise, refuseUndefined, typeName } from "../values/types.ts";
import { urlize } from "./urlize.ts";
import { Dict, type Evaluation, Markup, PyObject, Undefined, type Value } from "../values/values.ts";

const tojson: Filter = (value, args, keywords, ev) => {
  const names = "x ensure_ascii? indent? separators? sort_keys?";
  const [, ascii, indent, separators, sortKeys] = bind("tojson", names, [value, ...args], keywords);
  return toJson(value, {
    ascii: ascii ?? false,
    indent: given(indent),
    separators: given(separators),
    sortKeys: sortKeys ?? false,
  }, ev);
};

function quoteUrl(value: Value, query: boolean, ev: Evaluation): string {
  const text = str(value, ev);
  if (!text.isWellFormed()) raise("UnicodeEncodeError", "'utf-8' codec can't encode: surrogates not allowed");
  ev.budget.text(text.length * 3);
  const quoted = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => "%" + mark.charCodeAt(0).toString(16).toUpperCase(),
  );
  return query ? quoted.replaceAll("%20", "+") : quoted.replaceAll("%2F", "/");
}

const urlencode: Filter = (value, args, keywords, ev) => {
  bind("do_urlencode", "value", [value, ...args], keywords);
  const iterable = Array.isArray(value) || value instanceof PyObject && value.iterate !== undefined ||
    typeof value === "object" && value !== null && !(value instanceof PyObject);
  if (isText(value) || !iterable) return quoteUrl(value, false, ev);
  if (value instanceof Dict) {
    return [...value.entries()].map((pair) => pairText(pair, ev)).join("&");
  }
  const parts: string[] = [];
  for (const item of walk(value, ev)) {
    const pair = listOf(item, ev);
    if (pair.length > 2) raise("ValueError", "too many values to unpack (expected 2)");
    if (pair.length < 2) {
      raise("ValueError", `not enough values to unpack (expected 2, got ${pair.length})`);
    }
    parts.push(pairText(pair as [Value, Value], ev));
  }
  return parts.join("&");
};

function pairText([key, value]: readonly [Value, Value], ev: Evaluation): string {
  return quoteUrl(key, true, ev) + "=" + quoteUrl(value, true, ev);
}

const xmlattr: Filter = (value, args, keywords, ev) => {
  const [, space] = bind("do_xmlattr", "d autospace?", [value, ...args], keywords);
  if (value instanceof Undefined) refuseUndefined(value);
  if (!(value instanceof Dict)) {
    raise("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
  }
  const parts: string[] = [];
  for (const [key, item] of value.entries()) {
    if (item === null || item instanceof Undefined) continue;
    if (!isText(key)) {
      raise("TypeError", `expected string or bytes-like object, got '${typeName(key)}'`);
    }
    if (/[ \t\n\r\f\v/>=]/.test(plain(key))) {
      raise("ValueError", `Invalid character in attribute name: ${repr(key, ev)}`);
    }
    parts.push(`${escapeText(key, ev)}="${escapeText(item, ev)}"`);
  }
  const spaced = parts.length > 0 && (space === undefined || truthy(space, ev));
  const result = (spaced ? " " : "") + parts.join(" ");
  ev.budget.text(result.length);
  return ev.autoescape ? new Markup(result) : result;
};

const striptags: Filter = (value, args, keywords, ev) => {
  bind("do_striptags", "value", [value, ...args], keywords);
  return stripTags(str(value, ev));
};

const SCHEME = /^[\p{L}\p{N}_.+-]{2,}:\/{0,2}$/u;

const urlizeFilter: Filter = (value, args, keywords, ev) => {
  const names = "value trim_url_limit? nofollow? target? rel? extra_schemes?";
  const [, limit, nofollow, target, rel, extra] = bind("do_urlize", names, [value, ...args], keywords);
  const words = rel !== undefined && truthy(rel, ev) ? str(rel, ev).split(/\s+/).filter(Boolean) : [];
  if (nofollow !== undefined && truthy(nofollow, ev)) words.push("nofollow");
  const all = [...new Set([...words, "noopener"])].sort();
  const schemes = given(extra) === null ? [] : listOf(extra!, ev).map((scheme) => {
    if (isText(scheme) && SCHEME.test(plain(scheme))) return plain(scheme);
    raise("FilterArgumentError", `${repr(scheme, ev)} is not a valid URI scheme prefix.`);
  });
  const result = urlize(escapeText(value, ev), {
    limit: given(limit),
    rel: ` rel="${escapeText(all.join(" "), ev)}"`,
    target: target !== undefined && truthy(target, ev) ? ` target="${escapeText(target, ev)}"` : "",
    schemes,
  }, ev);
  return ev.autoescape ? new Markup(result) : result;
};

/** Filters that write HTML, URLs, JSON or Python literals. */
export const HTML_FILTERS: Filters = {
  pprint: (value, args, keywords, ev) => {
    bind("do_pprint", "value", [value, ...args], keywords);
    return pretty(value, ev);
  },
  striptags,
  tojson,
  urlencode,
  urlize: urlizeFilter,
  xmlattr,
};
