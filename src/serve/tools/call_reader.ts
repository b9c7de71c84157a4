import type { CallDelta } from "./call_delta.ts";
import { CallScanner } from "./call_scanner.ts";
import { type CallSyntax, newCallId } from "./syntax.ts";

/** The parts of an answer's text. */
export interface ReadText {
  readonly text: string;
  readonly calls: readonly CallDelta[];
}

/** Settings of a {@link CallReader}. */
export interface CallReaderOptions {
  readonly syntax: CallSyntax;
  /** Names of the tools: an object without a mark is a call only if it names one. */
  readonly names: ReadonlySet<string>;
  /** Calls to read; text behind them is dropped. */
  readonly most?: number;
  /** Beginning of a call's id. */
  readonly idKind?: string;
  /** True if the prompt ends in the opening mark. */
  readonly isOpened?: boolean;
  /** True if the opening mark is a special token, which text does not show. */
  readonly isHidden?: boolean;
}

/** Blanks and what separates calls. */
const BETWEEN = /[\s[\],;]/;

/**
 * Separates an answer into text and calls as it arrives. Text before the first call is kept, without the blanks at its
 * end; text behind a call is dropped. What only begins like a call is text. How the text is divided into pushes changes
 * nothing but when its parts come.
 */
export class CallReader {
  readonly #options: CallReaderOptions;
  /** Text not looked at yet. */
  #rest = "";
  /** Text that is given back if it turns out to be no call. */
  #held = "";
  #isInside: boolean;
  /** True if the last mark has no call behind it yet, so that any object is one. */
  #isMarked: boolean;
  #scanner: CallScanner | undefined;
  #isAnnounced = false;
  #isLineStart = true;
  #count = 0;
  #text = "";
  #calls: CallDelta[] = [];

  constructor(options: CallReaderOptions) {
    this.#options = options;
    this.#isInside = this.#isMarked = options.isOpened ?? false;
  }

  /** Number of calls begun so far. */
  get count(): number {
    return this.#count;
  }

  /** True once all calls that are wanted are whole. */
  get isFull(): boolean {
    return this.#scanner === undefined && this.#count >= (this.#options.most ?? Infinity);
  }

  /** Adds text; returns what became certain. */
  push(text: string): ReadText {
    this.#rest += text;
    while (this.#rest !== "" && !this.isFull && this.#step(false));
    return this.#take();
  }

  /** The rest, at the end of the answer. */
  end(): ReadText {
    while (this.#rest !== "" && !this.isFull && this.#step(true));
    if (!this.#isAnnounced) this.#giveBack();
    return this.#take();
  }

  #take(): ReadText {
    if (this.#isAnnounced) this.#announceMore();
    const taken = { text: this.#text, calls: this.#calls };
    [this.#text, this.#calls] = ["", []];
    return taken;
  }

  /** Goes past some of the text. @returns false if more text is needed */
  #step(isLast: boolean): boolean {
    if (this.#scanner) return this.#scan(this.#scanner);
    return this.#isInside ? this.#between(isLast) : this.#plainText(isLast);
  }

  /** Text outside of calls, up to a mark or an object at the start of a line. */
  #plainText(isLast: boolean): boolean {
    const { syntax: { open, isBare } } = this.#options;
    const char = this.#rest[0];
    if (open !== undefined && this.#rest.startsWith(open)) {
      this.#consume(open.length, true);
      this.#isInside = this.#isMarked = true;
      return true;
    }
    if (open?.startsWith(this.#rest) && !isLast) return false;
    if (isBare && this.#isLineStart && (char === "{" || char === "[")) {
      [this.#isInside, this.#isMarked] = [true, false];
      return true;
    }
    if (/\s/.test(char)) {
      // A call may follow, before which blanks are dropped.
      if (char === "\n") this.#isLineStart = true;
      this.#consume(1, true);
      return true;
    }
    this.#isLineStart = false;
    this.#giveBack();
    this.#text += this.#count === 0 ? char : "";
    this.#consume(1, false);
    return true;
  }

  /** Between calls: marks, separators, and the first character of a call. */
  #between(isLast: boolean): boolean {
    const { syntax: { open, close, isNameFirst } } = this.#options;
    for (const mark of [open, close]) {
      if (mark === undefined) continue;
      if (this.#rest.startsWith(mark)) {
        this.#isMarked = mark === open || this.#isMarked;
        return this.#consume(mark.length, true);
      }
      if (mark.startsWith(this.#rest) && !isLast) return false;
    }
    const char = this.#rest[0];
    if (BETWEEN.test(char)) return this.#consume(1, true);
    if (char === "{") {
      this.#scanner = new CallScanner(!this.#isMarked);
      return true;
    }
    if (isNameFirst && this.#isMarked && /[\w.-]/.test(char)) {
      const name = /^([\w.-]+)(?:\[ARGS\])?\s*(?=\{)/.exec(this.#rest);
      if (name) {
        this.#consume(name[0].length, true);
        this.#scanner = new CallScanner(false, name[1]);
        return true;
      }
      if (/^[\w.-]+(?:\[(?:A(?:R(?:G(?:S\]?)?)?)?)?)?\s*$/.test(this.#rest) && !isLast) return false;
    }
    this.#isInside = false;
    this.#isLineStart = false;
    this.#giveBack();
    return true;
  }

  #scan(scanner: CallScanner): boolean {
    let length = 0;
    while (length < this.#rest.length && scanner.status === "open") {
      scanner.push(this.#rest[length++]);
      if (!this.#isAnnounced && scanner.isCall && this.#isKnown(scanner.name!)) this.#announce(scanner.name!);
    }
    this.#consume(length, !this.#isAnnounced);
    if (scanner.status === "open") return false;
    if (this.#isAnnounced) {
      this.#announceMore();
      this.#isInside = scanner.status === "whole";
    } else {
      this.#isInside = this.#isLineStart = false;
      this.#giveBack();
    }
    [this.#scanner, this.#isAnnounced] = [undefined, false];
    return true;
  }

  #isKnown(name: string): boolean {
    return this.#isMarked || this.#options.names.has(name);
  }

  #announce(name: string): void {
    const { syntax, idKind = "call_" } = this.#options;
    const id = newCallId(syntax, idKind);
    this.#calls.push({ index: this.#count++, id, name, arguments: "" });
    [this.#isAnnounced, this.#held] = [true, ""];
  }

  #announceMore(): void {
    const more = this.#scanner!.take();
    if (more !== "") this.#calls.push({ index: this.#count - 1, arguments: more });
  }

  #giveBack(): void {
    const { isHidden, syntax: { open = "" } } = this.#options;
    const text = isHidden ? this.#held.replace(open, "") : this.#held;
    if (this.#count === 0) this.#text += text;
    this.#held = "";
  }

  #consume(length: number, isHeld: boolean): true {
    if (isHeld) this.#held += this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return true;
  }
}
