import { DataError } from "../../base/errors.ts";
import type { Expression, Expressions } from "../automaton/expression.ts";
import { ANY, type Encoding } from "../automaton/characters.ts";
import type { Pattern } from "./syntax.ts";

/** The texts that match a whole pattern. @throws DataError for an anchor that is not at an end */
export function wholeText(make: Expressions, pattern: Pattern, encoding: Encoding): Expression {
  return compile(make, pattern, encoding, make.empty);
}

/** The texts in which a pattern is found, as JSON Schema's `pattern` has it. @throws as {@link wholeText} does */
export function partOfText(make: Expressions, pattern: Pattern, encoding: Encoding): Expression {
  return compile(make, pattern, encoding, make.repeat(encoding(make, ANY), 0, Infinity));
}

/** @param around what may come before and behind, where no anchor is */
function compile(make: Expressions, pattern: Pattern, encoding: Encoding, around: Expression): Expression {
  // `start` and `end`: the text's start, or end, is at this side of the pattern.
  const go = (one: Pattern, start: boolean, end: boolean): Expression => {
    if (one.kind === "choice") return make.choice(...one.options.map((option) => go(option, start, end)));
    if (one.kind === "sequence" && (start || end)) return sequence(one.items, start, end);
    if (one.kind === "anchor") {
      if (!(one.side === "start" ? start : end)) {
        throw new DataError(
          `regular expression: ${one.side === "start" ? "^" : "$"} in the middle is not supported`,
        );
      }
      // The other side of a lone anchor is open.
      return (one.side === "start" ? end : start) ? around : make.empty;
    }
    return make.sequence(start ? around : make.empty, inner(one), end ? around : make.empty);
  };

  const sequence = (items: readonly Pattern[], start: boolean, end: boolean): Expression => {
    if (items.length === 0) return around;
    let [first, last] = [0, items.length];
    const parts: Expression[] = [];
    const isAnchor = (item: Pattern, side: "start" | "end") => item.kind === "anchor" && item.side === side;
    let [anchored, closed] = [!start, !end];
    while (first < last && start && isAnchor(items[first], "start")) [anchored, first] = [true, first + 1];
    while (last > first && end && isAnchor(items[last - 1], "end")) [closed, last] = [true, last - 1];
    if (first === last) {
      // Only anchors: ^$ is the empty text, ^ alone is any.
      return anchored && closed ? make.empty : around;
    }
    for (let i = first; i < last; i++) {
      const [isFirst, isLast] = [i === first && !anchored, i === last - 1 && !closed];
      const item = items[i];
      const edge = item.kind === "choice" || item.kind === "sequence" || item.kind === "anchor";
      if (edge && (isFirst || isLast)) parts.push(go(item, isFirst, isLast));
      else {
        parts.push(
          make.sequence(isFirst ? around : make.empty, inner(item), isLast ? around : make.empty),
        );
      }
    }
    return make.sequence(...parts);
  };

  const inner = (one: Pattern): Expression => {
    switch (one.kind) {
      case "set":
        return encoding(make, one.points);
      case "sequence":
        return make.sequence(...one.items.map(inner));
      case "choice":
        return make.choice(...one.options.map(inner));
      case "repeat":
        return make.repeat(inner(one.item), one.min, one.max);
      case "anchor":
        return go(one, false, false);
    }
  };
  return go(pattern, true, true);
}
