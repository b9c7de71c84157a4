import { DataError } from "../../base/errors.ts";
import { type CharacterTest, isWordCharacter } from "./regex_classes.ts";
import { type Place, type RegexNode, RegexParser } from "./regex_parser.ts";
import { characterBefore } from "../unicode/unicode.ts";

/** All matches of a pattern in a text, in order, as [start, end) in UTF-16 units. */
export type Matches = (text: string) => [number, number][];

/** Steps allowed for a text: enough for every linear pattern; others fail with an error. */
const STEPS_PER_UNIT = 100;
const FREE_STEPS = 1_000_000;
const MOST_INSTRUCTIONS = 20_000;

type Instruction =
  | { op: "test"; test: CharacterTest }
  | { op: "split"; first: number; second: number }
  | { op: "jump"; to: number }
  | { op: "place"; name: Place }
  | { op: "look"; program: Program; widths?: [number, number]; negative: boolean }
  | { op: "atomic"; program: Program }
  | { op: "done" };

type Program = Instruction[];

/**
 * Compiles an Oniguruma pattern for a backtracking machine that never visits an (instruction, position) pair twice, so
 * that `(a+)+$` takes linear time. Lookarounds and atomic groups run as separate programs; steps are also limited by a
 * budget.
 *
 * @throws DataError for unsupported syntax; the matcher throws it when the budget is spent.
 */
export function compileRegex(source: string, where: string): Matches {
  const program = compile(new RegexParser(source, where).parse(), where);
  return (text) => {
    const found: [number, number][] = [];
    const machine = new Machine(text, where, source);
    const visited = new Visited(program.length, text.length);
    let last = text === "" ? 0 : -1;
    for (let start = 0; start <= text.length;) {
      const end = machine.run(program, start, visited);
      if (end > start) {
        found.push([start, end]);
        visited.clear(end);
        start = last = end;
      } else {
        // An empty match counts unless another match ends there.
        if (end === start && end !== last) found.push([start, last = end]);
        if (end === start) visited.clear(start);
        start += (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
      }
    }
    return found;
  };
}

function compile(root: RegexNode, where: string): Program {
  const program: Program = [];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MOST_INSTRUCTIONS) {
      throw new DataError(`${where}: expected a pattern of at most ${MOST_INSTRUCTIONS} steps, got more`);
    }
    return program.push(instruction) - 1;
  };
  const split = (greedy: boolean, body: () => void): void => {
    const fork = { op: "split" as const, first: 0, second: 0 };
    emit(fork);
    const start = program.length;
    body();
    [fork.first, fork.second] = greedy ? [start, program.length] : [program.length, start];
  };
  const visit = (node: RegexNode): void => {
    switch (node.kind) {
      case "set":
        emit({ op: "test", test: node.test });
        break;
      case "sequence":
        node.items.forEach(visit);
        break;
      case "choice": {
        const ends: { op: "jump"; to: number }[] = [];
        node.items.forEach((item, index) => {
          if (index === node.items.length - 1) return visit(item);
          split(true, () => {
            visit(item);
            const end = { op: "jump" as const, to: 0 };
            emit(end);
            ends.push(end);
          });
        });
        for (const end of ends) end.to = program.length;
        break;
      }
      case "repeat":
        for (let k = 0; k < node.least; k++) visit(node.item);
        if (node.most === Infinity) {
          const loop = program.length;
          split(node.greedy, () => {
            visit(node.item);
            emit({ op: "jump", to: loop });
          });
        } else {
          const nested = (left: number): void => {
            if (left > 0) split(node.greedy, () => (visit(node.item), nested(left - 1)));
          };
          nested(node.most - node.least);
        }
        break;
      case "atomic":
        emit({ op: "atomic", program: compile(node.item, where) });
        break;
      case "look":
        emit({
          op: "look",
          program: compile(node.item, where),
          negative: node.negative,
          widths: node.ahead ? undefined : boundedWidths(node.item, where),
        });
        break;
      case "place":
        emit({ op: "place", name: node.name });
        break;
    }
  };
  visit(root);
  emit({ op: "done" });
  return program;
}

function boundedWidths(node: RegexNode, where: string): [number, number] {
  const widths = (item: RegexNode): [number, number] => {
    switch (item.kind) {
      case "set":
        return [1, 2];
      case "sequence":
        return item.items.map(widths).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
      case "choice":
        return item.items.map(widths).reduce(([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)]);
      case "repeat": {
        const [least, most] = widths(item.item);
        return [least * item.least, most * item.most];
      }
      case "atomic":
        return widths(item.item);
      default:
        return [0, 0];
    }
  };
  const [least, most] = widths(node);
  if (!(most <= 256)) {
    throw new DataError(`${where}: expected a look-behind of bounded length, got an open one`);
  }
  return [least, most];
}

/** The (position, instruction) pairs already tried. */
class Visited {
  #bits: Uint8Array | Set<number>;

  constructor(readonly instructions: number, length: number, sparse = false) {
    this.#bits = sparse ? new Set() : new Uint8Array(Math.ceil((length + 1) * instructions / 8));
  }

  /** Marks a pair; false if it is already marked. */
  mark(position: number, instruction: number): boolean {
    const index = position * this.instructions + instruction;
    if (this.#bits instanceof Set) {
      if (this.#bits.has(index)) return false;
      this.#bits.add(index);
      return true;
    }
    const bit = 1 << (index & 7);
    const byte = Math.floor(index / 8);
    if ((this.#bits[byte] & bit) !== 0) return false;
    this.#bits[byte] |= bit;
    return true;
  }

  /** Clears a position: only marks of failed tries may remain, and a match ended here. */
  clear(position: number): void {
    if (this.#bits instanceof Set) return;
    for (let k = 0; k < this.instructions; k++) {
      const index = position * this.instructions + k;
      this.#bits[Math.floor(index / 8)] &= ~(1 << (index & 7));
    }
  }
}

class Machine {
  #steps: number;
  /** Failed tries of look-ahead programs, kept between start positions. */
  #failed = new Map<Program, Visited>();

  constructor(readonly text: string, readonly where: string, readonly source: string) {
    this.#steps = STEPS_PER_UNIT * text.length + FREE_STEPS;
  }

  /** End of the highest-priority match that starts at `start`, or −1. */
  run(program: Program, start: number, visited = new Visited(program.length, 0, true), mustEnd = -1): number {
    const { text } = this;
    const stack: number[] = [0, start];
    while (stack.length > 0) {
      let position = stack.pop() as number;
      let pc = stack.pop() as number;
      while (visited.mark(position, pc)) {
        if (--this.#steps < 0) {
          throw new DataError(
            `${this.where}: expected a pattern that runs in linear time, got ${JSON.stringify(this.source)}`,
          );
        }
        const instruction = program[pc];
        if (instruction.op === "done") {
          if (mustEnd === -1 || mustEnd === position) return position;
          break;
        }
        if (instruction.op === "test") {
          if (position >= text.length) break;
          const codePoint = text.codePointAt(position) as number;
          if (!instruction.test(codePoint)) break;
          position += codePoint > 0xffff ? 2 : 1;
          pc++;
        } else if (instruction.op === "split") {
          stack.push(instruction.second, position);
          pc = instruction.first;
        } else if (instruction.op === "jump") pc = instruction.to;
        else if (instruction.op === "place") {
          if (!this.#isPlace(instruction.name, position)) break;
          pc++;
        } else if (instruction.op === "atomic") {
          position = this.run(instruction.program, position);
          if (position === -1) break;
          pc++;
        } else {
          if (this.#looks(instruction.program, position, instruction.widths) === instruction.negative) break;
          pc++;
        }
      }
    }
    return -1;
  }

  #looks(program: Program, position: number, widths?: [number, number]): boolean {
    if (widths === undefined) {
      const first = program[0];
      if (program.length === 2 && first.op === "test") {
        return position < this.text.length && first.test(this.text.codePointAt(position) as number);
      }
      const visited = this.#failed.get(program) ?? new Visited(program.length, 0, true);
      this.#failed.set(program, visited);
      if (this.run(program, position, visited) === -1) return false;
      this.#failed.delete(program); // Its marks are no longer all failures.
      return true;
    }
    for (let width = widths[0]; width <= widths[1] && width <= position; width++) {
      if (this.run(program, position - width, undefined, position) !== -1) return true;
    }
    return false;
  }

  #isPlace(name: Place, position: number): boolean {
    const { text } = this;
    const last = text.length;
    switch (name) {
      case "textStart":
        return position === 0;
      case "textEnd":
        return position === last;
      case "lastLineEnd":
        return position === last || (position === last - 1 && text[position] === "\n");
      case "lineStart":
        return position === 0 || text[position - 1] === "\n";
      case "lineEnd":
        return position === last || text[position] === "\n";
      default: {
        const before = position > 0 &&
          isWordCharacter(characterBefore(text, position).codePointAt(0) as number);
        const after = position < last && isWordCharacter(text.codePointAt(position) as number);
        return (before !== after) === (name === "word");
      }
    }
  }
}
