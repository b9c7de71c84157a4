import { bind } from "../values/binding.ts";
import type { Method, Methods } from "./methods.ts";
import {
  isAlpha,
  isDecimal,
  isDigit,
  isLower,
  isNamePart,
  isNameStart,
  isNumeric,
  isPrintable,
  isSpace,
  isTitle,
  isUpper,
} from "../values/unicode.ts";

function kind(name: string, test: (text: string) => boolean): Method<string> {
  return (self, args, keywords, ev) => {
    bind(`str.${name}`, "/ ", args, keywords);
    ev.budget.step(self.length >> 6);
    return test(self);
  };
}

function all(name: string, test: (character: string) => boolean): Method<string> {
  return kind(name, (text) => text !== "" && Array.from(text).every(test));
}

function isAlnum(character: string): boolean {
  return isAlpha(character) || isNumeric(character);
}

/** Python's str.islower(). */
export function isLowerText(text: string): boolean {
  const characters = Array.from(text);
  return characters.some(isLower) &&
    !characters.some((character) => isUpper(character) || isTitle(character));
}

/** Python's str.isupper(). */
export function isUpperText(text: string): boolean {
  const characters = Array.from(text);
  return characters.some(isUpper) &&
    !characters.some((character) => isLower(character) || isTitle(character));
}

function isTitleText(text: string): boolean {
  let [cased, any] = [false, false];
  for (const character of text) {
    if (isUpper(character) || isTitle(character)) {
      if (cased) return false;
      cased = any = true;
    } else if (isLower(character)) {
      if (!cased) return false;
      any = true;
    } else cased = false;
  }
  return any;
}

function isIdentifier(text: string): boolean {
  const [first, ...rest] = text;
  return first !== undefined && isNameStart(first) && rest.every(isNamePart);
}

/** Methods of str that test character classes. */
export const STR_KINDS: Methods<string> = {
  isalpha: all("isalpha", isAlpha),
  isalnum: all("isalnum", isAlnum),
  isdecimal: all("isdecimal", isDecimal),
  isdigit: all("isdigit", isDigit),
  isnumeric: all("isnumeric", isNumeric),
  isspace: all("isspace", isSpace),
  islower: kind("islower", isLowerText),
  isupper: kind("isupper", isUpperText),
  istitle: kind("istitle", isTitleText),
  isidentifier: kind("isidentifier", isIdentifier),
  isprintable: kind("isprintable", (text) => Array.from(text).every(isPrintable)),
  // deno-lint-ignore no-control-regex
  isascii: kind("isascii", (text) => /^[\x00-\x7f]*$/.test(text)),
};
