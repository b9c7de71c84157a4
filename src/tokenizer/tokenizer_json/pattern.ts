import { type Fields, REQUIRED } from "../../base/fields.ts";
import { compileRegex, type Matches } from "../regex/regex.ts";
import { knownPatterns } from "./split_patterns.ts";

/** Compiles a `{"String": …}` or `{"Regex": …}` pattern of tokenizer.json. Runs in time linear in the text. */
export function compilePattern(section: Fields): Matches {
  if (section.given("String")) {
    const wanted = section.string("String", REQUIRED);
    if (wanted === "") section.refuse("String", "a string that is not empty");
    return (text) => {
      const found: [number, number][] = [];
      for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
        found.push([at, at + wanted.length]);
      }
      return found;
    };
  }
  if (!section.given("Regex")) section.refuse("Regex", "a pattern with String or Regex");
  return compileSource(section.string("Regex", REQUIRED), section.path("Regex"));
}

/** Compiles a regular expression: a hand-written matcher for a known pattern, otherwise the linear-time machine. */
export function compileSource(source: string, where: string): Matches {
  const known = knownPatterns.get(source);
  if (known === undefined) return compileRegex(source, where);
  return (text) => {
    const found: [number, number][] = [];
    for (let at = 0; at < text.length;) {
      const end = known(text, at);
      found.push([at, end]);
      at = end;
    }
    return found;
  };
}
