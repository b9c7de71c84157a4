import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { clock, now, since } from "../clock.ts";
import { DataError } from "../errors.ts";

/** Limits of one rendering: evaluated nodes, milliseconds, characters of any string, entries of any list. */
const MOST_STEPS = 1_000_000;
const MOST_TIME = 1_000;
const MOST_TEXT = 2 ** 24;
const MOST_ENTRIES = 10_000;

/** One message of a conversation; templates may read further fields. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant` or what the template knows. */
  role: string;
  /** What is said: text, or what the template takes. */
  content?: unknown;
  /** Further fields for the template. */
  [field: string]: unknown;
}

type Statement = Parameters<Interpreter["evaluate"]>[0];
type Value = ReturnType<Interpreter["evaluate"]>;

/** A Jinja interpreter that stops when a template runs too long, makes too much, or reaches for `__internals__`. */
class BudgetedInterpreter extends Interpreter {
  #steps = 0;
  #start = now();

  override evaluate(statement: Statement, environment: Environment): Value {
    if (++this.#steps > MOST_STEPS) {
      throw new DataError(`chat template: expected at most ${MOST_STEPS} steps, got more`);
    }
    // Looked at each time: one step may be a loop over many entries whose body is empty.
    if (since(this.#start) > MOST_TIME) {
      throw new DataError(`chat template: expected an end within ${MOST_TIME} ms, got none`);
    }
    const property = (statement as { property?: { value?: unknown } } | undefined)?.property?.value;
    if (typeof property === "string" && property.startsWith("__")) {
      throw new DataError(`chat template: expected a field of the conversation, got ${property}`);
    }
    const value = super.evaluate(statement, environment);
    const size = (value.value as { length?: unknown } | null | undefined)?.length;
    if (typeof size === "number" && size > (typeof value.value === "string" ? MOST_TEXT : MOST_ENTRIES)) {
      throw new DataError(`chat template: expected values of bounded size, got one of ${size} entries`);
    }
    return value;
  }
}

/** Python's range, refused where it would be huge. */
function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MOST_ENTRIES)) {
    throw new DataError(`chat template: expected a range of at most ${MOST_ENTRIES} entries, got ${count}`);
  }
  return Array.from({ length: count }, (_, k) => from + k * step);
}

/** strftime of now with the directives that templates use. */
function strftimeNow(format: string): string {
  const date = clock.date();
  const pad = (value: number): string => String(value).padStart(2, "0");
  const name = (part: "month" | "weekday", length: "long" | "short") =>
    date.toLocaleString("en", { [part]: length });
  const parts: Record<string, string> = {
    Y: String(date.getFullYear()),
    y: pad(date.getFullYear() % 100),
    m: pad(date.getMonth() + 1),
    d: pad(date.getDate()),
    H: pad(date.getHours()),
    M: pad(date.getMinutes()),
    S: pad(date.getSeconds()),
    B: name("month", "long"),
    b: name("month", "short"),
    A: name("weekday", "long"),
    a: name("weekday", "short"),
    "%": "%",
  };
  return format.replace(/%-?([a-zA-Z%])/g, (whole, key: string) => {
    const value = parts[key] ?? whole;
    return whole.startsWith("%-") ? value.replace(/^0(?=.)/, "") : value;
  });
}

/**
 * Renders a chat template, a Jinja program, over variables.
 *
 * @throws DataError for a broken template, one that raises an exception, and one over its budget.
 */
export function renderTemplate(template: string, variables: Record<string, unknown>): string {
  try {
    const environment = new Environment();
    const globals: Record<string, unknown> = {
      true: true,
      false: false,
      none: null,
      True: true,
      False: false,
      None: null,
      range,
      strftime_now: strftimeNow,
      raise_exception: (message: unknown) => {
        throw new DataError(`chat template: ${oneLine(String(message))}`);
      },
    };
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    const program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    return String(new BudgetedInterpreter(environment).run(program).value);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `chat template: expected Jinja that renders, got ${oneLine((error as Error).message)}`,
    );
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}

/** Picks the template: the only one, `default`, or `tool_use` where there are tools. @throws DataError if there is none. */
export function pickTemplate(
  templates: string | Record<string, string> | undefined,
  hasTools: boolean,
): string {
  if (typeof templates === "string") return templates;
  const picked = (hasTools ? templates?.tool_use : undefined) ?? templates?.default;
  if (picked === undefined) {
    throw new DataError("tokenizer_config.json: chat_template: expected a template, got none");
  }
  return picked;
}

const CONTINUE = "CONTINUE_HERE_\ufdef";

/** Messages whose last one ends in a mark, so that the rendered text can be cut there. */
export function markLastMessage(messages: readonly ChatMessage[]): ChatMessage[] {
  const last = messages[messages.length - 1];
  if (typeof last?.content !== "string") {
    throw new DataError("messages: expected a last message with text to continue, got none");
  }
  return [...messages.slice(0, -1), { ...last, content: last.content + CONTINUE }];
}

/** Cuts rendered text at the mark of {@link markLastMessage}. */
export function cutAtMark(text: string): string {
  const at = text.lastIndexOf(CONTINUE);
  if (at === -1) {
    throw new DataError("chat template: expected the last message in the rendered text, got none of it");
  }
  return text.slice(0, at);
}

/**
 * Breaks every special token's text inside strings with a mark, so that it is not found as a token; the mark is a
 * noncharacter that occurs nowhere in the values.
 */
export function breakSpecialText(value: unknown, tokens: readonly string[], mark: string): unknown {
  if (typeof value === "string") {
    return tokens.reduce((text, token) => text.replaceAll(token, token[0] + mark + token.slice(1)), value);
  }
  if (Array.isArray(value)) return value.map((item) => breakSpecialText(item, tokens, mark));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, breakSpecialText(item, tokens, mark)]),
  );
}

/** A noncharacter that the values do not contain. */
export function unusedMark(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  for (let code = 0xfdd0; code < 0xfdef; code++) {
    if (!text.includes(String.fromCharCode(code))) return String.fromCharCode(code);
  }
  throw new DataError("messages: expected text, got every noncharacter there is");
}
