/**
 * Compares random chat templates with transformers' renderings:
 *
 *     deno task templates:fresh [COUNT [SEED]]
 *
 * Needs a Python (`$PYTHON`, else python3) with transformers 4.57.6 and jinja2 3.1.6. Exit status 1 if an answer
 * differs; prints the templates.
 */
import { join } from "@std/path";
import { clock } from "../../src/base/clock.ts";
import { DataError } from "../../src/base/errors.ts";
import { renderJinja } from "../../src/jinja/render.ts";

interface Answer {
  readonly template: string;
  readonly variables: Record<string, unknown>;
  readonly text: string | null;
  readonly refusal: string | null;
}

const [count = 20_000, seed = Date.now() % 2 ** 31] = Deno.args.map(Number);
const here = new URL(".", import.meta.url).pathname;
const { code, stdout } = await new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
  args: [join(here, "make_fresh.py"), String(count), String(seed)],
  stderr: "null",
}).output();
if (code !== 0) Deno.exit(1);

/** `1.0` is a float, which JavaScript prints as an integer. */
function floats(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === "number" && source?.includes(".") ? new Number(value) : value;
}

function rendered({ template, variables }: Answer): string | null {
  try {
    return renderJinja(template, variables).text;
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

const [head, ...lines] = new TextDecoder().decode(stdout).trim().split("\n");
const { now } = JSON.parse(head);
clock.date = () => new Date(now);
const counts = { same: 0, refused: 0, different: 0, lenient: 0, strict: 0 };
for (const line of lines) {
  const answer: Answer = JSON.parse(line, floats);
  const text = rendered(answer);
  if (text === answer.text) {
    counts[text === null ? "refused" : "same"]++;
    continue;
  }
  counts[text === null ? "strict" : answer.text === null ? "lenient" : "different"]++;
  console.error(
    JSON.stringify({ template: answer.template, expected: answer.text, got: text, refusal: answer.refusal }),
  );
}
console.error(`${lines.length} templates from seed ${seed}:`, counts);
if (counts.different + counts.lenient + counts.strict > 0) Deno.exitCode = 1;
