/**
 * Compares masks with llguidance's: `deno task check:masks [--schemas 200] [--states 50] [--python PYTHON]`, where
 * Python has the package llguidance. Each schema of a part of the corpus is walked at random; in every state both
 * engines say which tokens may follow. Prints the differences, grouped, and the times of both.
 */
import { parseArgs } from "@std/cli/parse-args";
import { Random } from "../src/base/random.ts";
import { compile } from "../src/constraint/constraints.ts";
import { Masks } from "../src/constraint/masks.ts";
import { Matcher } from "../src/constraint/matcher.ts";
import type { Json } from "../src/constraint/schema/located.ts";
import { Vocabulary } from "../src/constraint/vocabulary.ts";
import { CORPUS } from "../tests/schemas/corpus.ts";
import { type Named, vocabularies } from "../tests/schemas/vocabularies.ts";

const { schemas, states, python, _: wanted } = parseArgs(Deno.args, {
  string: ["schemas", "states", "python"],
  default: { schemas: "200", states: "50", python: "python3" },
});
const encoder = new TextEncoder();

/** Every n-th schema, so that all kinds are there. */
function chosen(count: number): Json[] {
  return CORPUS.filter((_, i) =>
    Math.floor(i * count / CORPUS.length) !== Math.floor((i - 1) * count / CORPUS.length)
  );
}

/** Lines to and from the oracle. */
class Oracle {
  readonly #child = new Deno.Command(python, {
    args: [new URL("masks_oracle.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  readonly #writer = this.#child.stdin.getWriter();
  readonly #lines = lines(this.#child.stdout);

  // deno-lint-ignore no-explicit-any
  async ask(value: unknown): Promise<any> {
    await this.#writer.write(encoder.encode(JSON.stringify(value) + "\n"));
    return JSON.parse((await this.#lines.next()).value ?? "null");
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = text.split("\n");
    for (const part of parts.slice(0, -1)) {
      yield rest.join("") + part;
      rest = [];
    }
    rest.push(parts.at(-1)!);
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

async function inflated(text: string): Promise<Uint32Array> {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Response(bytes).body!.pipeThrough(new DecompressionStream("deflate"));
  return new Uint32Array(await new Response(stream).arrayBuffer());
}

interface Walk {
  readonly tokens: number[];
  readonly masks: { readonly bits: Uint32Array; readonly ends: boolean; readonly text: string }[];
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);
const timed = <T>(into: number[], work: () => T): T => {
  const start = performance.now();
  const made = work();
  into.push(performance.now() - start);
  return made;
};

async function compare({ name, texts, size }: Named): Promise<void> {
  const times: Record<string, number[]> = {
    trie: [],
    compile: [],
    first: [],
    cached: [],
    theirs: [],
    theirCompile: [],
  };
  const vocabulary = timed(times.trie, () => new Vocabulary(texts, size));
  const oracle = new Oracle();
  const eos = texts.findIndex((text) => !text);
  const head = await oracle.ask({ tokens: texts.map((text) => text?.length ? base64(text) : ""), eos });
  const random = new Random(3);
  const differences = new Map<string, { states: number; example: string }>();
  const note = (what: string, example: string) => {
    const known = differences.get(what);
    if (known) known.states++;
    else differences.set(what, { states: 1, example });
  };
  let [equal, all, refused] = [0, 0, 0];
  for (const schema of chosen(Number(schemas))) {
    const grammar = timed(times.compile, () => compile({ kind: "jsonSchema", schema }));
    const masks = new Masks(grammar, vocabulary);
    const walks = walksOf(masks, random, times);
    const answer = await oracle.ask({ schema, walks: walks.map(({ tokens }) => tokens) });
    if (answer.error !== undefined) {
      refused++;
      note(
        `refused there: ${String(answer.error).replace(/[{"'].*/s, "").slice(0, 80)}`,
        JSON.stringify(schema),
      );
      continue;
    }
    times.theirs.push(...answer.times);
    times.theirCompile.push(answer.compile_ms);
    let [walk, at] = [0, 0];
    for (const text of answer.masks as (string | null)[]) {
      if (text === null) {
        [walk, at] = [walk + 1, 0];
        continue;
      }
      const ours = walks[walk].masks[at++];
      const theirs = await inflated(text);
      all++;
      const difference = differenceOf(ours, theirs, texts, eos);
      if (difference === undefined) equal++;
      else note(difference, `${JSON.stringify(schema).slice(0, 160)} after ${JSON.stringify(ours.text)}`);
    }
  }
  await oracle.end();
  console.log(
    `\n${name}: ${equal} of ${all} masks equal; ${refused} schemas refused by llguidance ${head.version}`,
  );
  for (
    const [what, { states, example }] of [...differences].toSorted(([, a], [, b]) => b.states - a.states)
  ) {
    console.log(`  ${states} × ${what}: ${example}`);
  }
  const pair = (ms: number[]) => `${median(ms).toFixed(3)} (most ${most(ms).toFixed(1)})`;
  console.log(
    `  ms: trie ${times.trie[0].toFixed(0)}, theirs ${head.trie_ms.toFixed(0)}; compile ${
      pair(times.compile)
    }, theirs ` +
      `${pair(times.theirCompile)}; first mask ${pair(times.first)}, cached ${pair(times.cached)}, theirs ${
        pair(times.theirs)
      }`,
  );
}

/** Random walks over the tokens that are allowed, with the mask of each state. */
function walksOf(masks: Masks, random: Random, times: Record<string, number[]>): Walk[] {
  const walks: Walk[] = [];
  for (let left = Number(states); left > 0;) {
    const matcher = new Matcher(masks);
    const walk: Walk = { tokens: [], masks: [] };
    let text = "";
    while (left-- > 0) {
      const before = masks.computed;
      const spent: number[] = [];
      const mask = timed(spent, () => matcher.mask());
      times[masks.computed > before ? "first" : "cached"].push(spent[0]);
      walk.masks.push({ bits: mask.bits, ends: matcher.mayEnd, text });
      if (mask.count === 0 || left === 0 || (matcher.mayEnd && random.once(3))) break;
      const token = tokenOf(mask.bits, random.below(mask.count));
      matcher.take(token);
      walk.tokens.push(token);
      text += new TextDecoder().decode(masks.vocabulary.texts[token]);
    }
    walks.push(walk);
  }
  return walks;
}

/** The n-th token of a mask. */
function tokenOf(bits: Uint32Array, n: number): number {
  for (let id = 0;; id++) {
    if (bits[id >> 5] >>> (id & 31) & 1 && n-- === 0) return id;
  }
}

/** In words: which kind of tokens only one of the masks has; undefined if there is none. */
function differenceOf(
  ours: Walk["masks"][number],
  theirs: Uint32Array,
  texts: readonly (Uint8Array | undefined)[],
  eos: number,
): string | undefined {
  const only: Record<string, string[]> = { ours: [], theirs: [] };
  ours.bits.forEach((word, i) => {
    for (let rest = (word ^ theirs[i]) >>> 0; rest !== 0; rest &= rest - 1) {
      const id = i * 32 + 31 - Math.clz32(rest & -rest);
      if (id === eos || !texts[id]?.length) continue;
      only[(word >>> (id & 31)) & 1 ? "ours" : "theirs"].push(
        JSON.stringify(new TextDecoder().decode(texts[id])),
      );
    }
  });
  const end = ((theirs[eos >> 5] >>> (eos & 31)) & 1) === 1;
  const parts = Object.entries(only).filter(([, list]) => list.length > 0).map(([who, list]) => {
    const shortest = list.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
    return `only ${who} ${shortest}`;
  });
  if (end !== ours.ends) parts.push(`the end: only ${end ? "theirs" : "ours"}`);
  return parts.length === 0 ? undefined : parts.join(", ");
}

for (const one of vocabularies()) {
  if (wanted.length === 0 || wanted.includes(one.name)) await compare(one);
}
