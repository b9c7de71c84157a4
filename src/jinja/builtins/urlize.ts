import { compare } from "../values/operations.ts";
import { slice } from "../values/sequences.ts";
import { pointCount } from "../values/types.ts";
import { SPACE_CLASS } from "../values/unicode.ts";
import type { Evaluation, Value } from "../values/values.ts";

/** How links are rendered. */
export interface LinkStyle {
  readonly limit: Value;
  readonly rel: string;
  readonly target: string;
  readonly schemes: readonly string[];
}

const WORD = String.raw`[\p{L}\p{N}_%]`;
const DOMAIN_PART = String.raw`[\p{L}\p{N}_%-]`;
const ADDRESS = new RegExp(
  `^(?:${
    [
      // A scheme or `www.`, then any domain.
      String.raw`(?:https?:\/\/|www\.)(?:(?:${DOMAIN_PART}+\.)+)?(?:[a-z]{2,63}|xn--${WORD}{2,59})`,
      // A domain with one of the original top-level domains.
      String.raw`(?:${DOMAIN_PART}{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)`,
      // A scheme and an IPv4 or IPv6 address.
      String
        .raw`https?:\/\/(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}|\[(?:[\p{Nd}a-f]{0,4}:){2}(?:[\p{Nd}a-f]{0,4}:?){1,6}\])`,
    ].join("|")
  })(?::\\p{Nd}{1,5})?(?:[/?#][^${SPACE_CLASS}]*)?$`,
  "iu",
);
const MAIL = new RegExp(
  `^[^${SPACE_CLASS}]+@[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*\\.[\\p{L}\\p{N}_]+$`,
  "u",
);
const BLANKS = new RegExp(`([${SPACE_CLASS}]+)`, "u");
const OPEN = /^(?:[(<]|&lt;)+/;
const CLOSE = /(?:[)>.,\n]|&gt;)+$/;
const PAIRS = [["(", ")"], ["<", ">"], ["&lt;", "&gt;"]];

/** Turns the URLs and email addresses of an already escaped text into links. */
export function urlize(text: string, style: LinkStyle, ev: Evaluation): string {
  const result = text.split(BLANKS).map((word) => {
    ev.budget.step(1 + (word.length >> 4));
    const [head, middle, tail] = parts(word);
    return head + link(middle, style, ev) + tail;
  }).join("");
  ev.budget.text(result.length);
  return result;
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Splits a word into leading punctuation, the address and trailing punctuation. */
function parts(word: string): [string, string, string] {
  const head = OPEN.exec(word)?.[0] ?? "";
  let middle = word.slice(head.length);
  let tail = CLOSE.exec(middle)?.[0] ?? "";
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of PAIRS) {
    const opened = countOf(middle, open);
    if (opened <= countOf(middle, close)) continue;
    for (let i = Math.min(opened, countOf(tail, close)); i > 0; i--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return [head, middle, tail];
}

function link(text: string, style: LinkStyle, ev: Evaluation): string {
  const attributes = style.rel + style.target;
  if (ADDRESS.test(text)) {
    const address = /^https?:\/\//.test(text) ? text : "https://" + text;
    return `<a href="${address}"${attributes}>${trimmed(text, style.limit, ev)}</a>`;
  }
  if (text.startsWith("mailto:") && MAIL.test(text.slice(7))) {
    return `<a href="${text}">${text.slice(7)}</a>`;
  }
  if (text.includes("@") && !/^(?:www\.|@)/.test(text) && !text.includes(":") && MAIL.test(text)) {
    return `<a href="mailto:${text}">${text}</a>`;
  }
  return style.schemes.reduce(
    (result, scheme) =>
      result !== scheme && result.startsWith(scheme)
        ? `<a href="${result}"${attributes}>${result}</a>`
        : result,
    text,
  );
}

function trimmed(text: string, limit: Value, ev: Evaluation): string {
  if (limit === null || !compare(">", BigInt(pointCount(text)), limit, ev)) return text;
  return slice(text, null, limit, null, ev) + "...";
}
