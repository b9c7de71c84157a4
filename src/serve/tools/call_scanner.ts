/** Members that a call may have where no mark says that it is one. */
const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  "name",
  "function",
  "arguments",
  "parameters",
  "type",
  "id",
]);

const isBlank = (char: string) => char === " " || char === "\n" || char === "\t" || char === "\r";

/**
 * Reads one call as it arrives: a JSON object with `name` (or `function`) and `arguments` (or `parameters`). The
 * arguments are given out as they are written, before the call is whole.
 */
export class CallScanner {
  name: string | undefined;
  status: "open" | "whole" | "broken" = "open";
  #place: "start" | "key" | "colon" | "value" | "inside" | "comma" = "start";
  #member = "";
  /** Text of the present key or value. */
  #raw = "";
  /** Brackets that must close yet, in a value. */
  #open: string[] = [];
  #inString = false;
  #escaped = false;
  #hasArguments = false;
  /** Arguments not given out yet; undefined before they begin. */
  #arguments: string | undefined;
  readonly #isStrict: boolean;
  readonly #isBareArguments: boolean;

  /**
   * @param isStrict true if an unknown member shows that it is no call
   * @param name given if the object to read is the arguments themselves
   */
  constructor(isStrict: boolean, name?: string) {
    this.#isStrict = isStrict;
    this.name = name;
    this.#isBareArguments = name !== undefined;
    if (name === undefined) return;
    this.#place = "value";
    this.#member = "arguments";
  }

  /** True once it is certain that this is a call. */
  get isCall(): boolean {
    const isMarked = !this.#isStrict && this.status === "whole";
    return this.status !== "broken" && this.name !== undefined && (this.#arguments !== undefined || isMarked);
  }

  /** Arguments that came since the last time; a call without any has `{}`. */
  take(): string {
    const taken = this.#arguments ?? (this.status === "whole" ? "{}" : "");
    if (this.#arguments !== undefined || this.status === "whole") this.#arguments = "";
    return taken;
  }

  /** Goes past the next character. */
  push(char: string): void {
    if (this.#place === "inside") return this.#inside(char);
    if (this.#place === "key" && this.#raw !== "") return this.#inKey(char);
    if (isBlank(char)) return;
    switch (this.#place) {
      case "start":
        if (char !== "{") return this.#break();
        this.#place = "key";
        return;
      case "key":
        if (char === "}" && this.#member === "") return this.#end();
        if (char !== '"') return this.#break();
        this.#raw = char;
        return;
      case "colon":
        if (char !== ":") return this.#break();
        this.#place = "value";
        return;
      case "value":
        return this.#begin(char);
      case "comma":
        if (char === "}") return this.#end();
        if (char !== ",") return this.#break();
        this.#place = "key";
    }
  }

  #break(): void {
    this.status = "broken";
  }

  #end(): void {
    this.status = this.name === undefined ? "broken" : "whole";
  }

  #inKey(char: string): void {
    this.#raw += char;
    if (!this.#closesString(char)) return;
    const key = textOf(this.#raw);
    if (key === undefined || (this.#isStrict && !KNOWN_MEMBERS.has(key))) return this.#break();
    [this.#member, this.#raw, this.#place] = [key, "", "colon"];
  }

  /** True if the character is the quote that ends a string. */
  #closesString(char: string): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (char === "\\") this.#escaped = true;
    else return char === '"';
    return false;
  }

  get #isArguments(): boolean {
    return this.#member === "arguments" || this.#member === "parameters";
  }

  #begin(char: string): void {
    this.#place = "inside";
    [this.#raw, this.#open, this.#inString] = ["", [], false];
    if (this.#isArguments) {
      if (this.#hasArguments || !/[{"n]/.test(char)) return this.#break();
      this.#hasArguments = true;
      if (char === "{") this.#arguments = "";
    }
    this.#inside(char);
  }

  #inside(char: string): void {
    const isScalar = this.#open.length === 0 && !this.#inString && this.#raw !== "";
    if (isScalar && (char === "," || char === "}" || isBlank(char))) {
      this.#endValue();
      if (this.status === "open") this.push(char);
      return;
    }
    this.#raw += char;
    if (this.#isArguments && this.#raw[0] === "{") {
      this.#arguments += char;
      // The whole text is needed for texts and other values only.
      this.#raw = "{";
    }
    if (this.#inString) {
      if (!this.#closesString(char)) return;
      this.#inString = false;
      if (this.#open.length === 0) this.#endValue();
    } else if (char === '"') this.#inString = true;
    else if (char === "{" || char === "[") this.#open.push(char === "{" ? "}" : "]");
    else if (char === "}" || char === "]") {
      if (this.#open.pop() !== char) return this.#break();
      if (this.#open.length === 0) this.#endValue();
    }
  }

  #endValue(): void {
    const raw = this.#raw;
    this.#place = "comma";
    if (this.#isArguments) {
      // Some models write the object into a text, or null for none.
      if (raw === "null") this.#arguments = "{}";
      else if (raw[0] === '"') this.#arguments = textOf(raw);
      if (this.#arguments === undefined) this.#break();
      else if (this.#isBareArguments) this.status = "whole";
    } else if (this.#member === "name" || this.#member === "function") {
      const name = textOf(raw);
      if (name !== undefined) this.name = name;
    }
    this.#raw = "";
  }
}

/** The text of a JSON string; undefined for anything else. */
function textOf(raw: string): string | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
