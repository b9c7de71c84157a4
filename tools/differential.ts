/**
 * Feeds broken and strange files to this program and to Python's safetensors, sentencepiece, tokenizers and
 * transformers, and lists the differences: `deno task differential [--count 20000] [--seed 1] [KIND…]`.
 * $PYTHON names the interpreter, else python3. Exits with 1 if no row of tests/trust/agreed.ts covers a
 * difference. --golden writes Python's verdicts on the corpus to a file.
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Agreed } from "../tests/trust/agreed.ts";
import { disagreement, ownVerdict } from "../tests/trust/differential.ts";
import { differentialCases } from "../tests/trust/differential_cases.ts";
import { DIFFERENTIAL_KINDS, type DifferentialKind } from "../tests/trust/differential_kinds.ts";
import { TEXTS } from "../tests/trust/fuzz_tokenizers.ts";
import { PythonReaders } from "../tests/trust/python_readers.ts";
import { Random } from "../src/base/random.ts";

const AT_ONCE = 512;
/** Examples shown for each class of differences. */
const EXAMPLES = 3;

const { count, seed, golden, _: wanted } = parseArgs(Deno.args, {
  string: ["count", "seed"],
  boolean: ["golden"],
  default: { count: "20000", seed: "1" },
});

await using readers = new PythonReaders(Deno.env.get("PYTHON") ?? "python3", TEXTS);
if (golden) await writeGolden();
else {
  for (const kind of DIFFERENTIAL_KINDS) {
    if (wanted.length === 0 || wanted.includes(kind.name)) await compare(kind);
  }
}

/** Stores the verdicts on the corpus, for the test without Python. */
async function writeGolden(): Promise<void> {
  const kept = [];
  for (const [{ letter }, cases] of Map.groupBy(differentialCases(), ({ kind }) => kind)) {
    const verdicts = await readers.judge(letter, cases.map(({ file }) => file));
    for (const [i, { what, file }] of cases.entries()) {
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", file.slice())).toHex();
      kept.push(JSON.stringify({ what, hash, verdict: verdicts[i] }));
    }
  }
  const target = new URL("../testdata/differential/verdicts.json", import.meta.url);
  await Deno.mkdir(new URL(".", target), { recursive: true });
  await Deno.writeTextFile(target, `[\n${kept.join(",\n")}\n]\n`);
}

/** Compares seeded files of a kind, and prints the differences. */
async function compare(kind: DifferentialKind): Promise<void> {
  const classes = new Map<string, string[]>();
  const agreed = new Map<Agreed, number>();
  let [accepted, refused, crashes] = [0, 0, 0];
  for (let done = 0; done < Number(count); done += AT_ONCE) {
    const seeds = Array.from(
      { length: Math.min(AT_ONCE, Number(count) - done) },
      (_, i) => Number(seed) + done + i,
    );
    const files = seeds.map((one) => kind.target.make(new Random(one)));
    const theirs = await readers.judge(kind.letter, files);
    files.forEach((file, i) => {
      const ours = ownVerdict(kind, file);
      if ("read" in ours) accepted++;
      else refused++;
      if ("crashed" in theirs[i]) crashes++;
      const found = disagreement(kind, file, ours, theirs[i]);
      if (found === undefined) return;
      const { difference, says } = found;
      if (found.agreed) {
        agreed.set(found.agreed, (agreed.get(found.agreed) ?? 0) + 1);
        return;
      }
      // Names and numbers do not distinguish classes.
      const key = `${difference}: ${says.replace(/"[^"]*"|\d+/g, "…").slice(0, 120)}`;
      const shown = JSON.stringify(new TextDecoder("latin1").decode(file)).slice(0, 2000);
      classes.set(key, [...classes.get(key) ?? [], `seed ${seeds[i]}: ${says}\n      ${shown}`]);
    });
  }
  console.log(`${kind.name}: ${accepted} accepted, ${refused} refused; ${crashes} ended the reference`);
  for (const [{ difference, why, perMillion = Infinity }, times] of sorted(agreed, (times) => times)) {
    const tooMany = times > Math.max(3, perMillion * (accepted + refused) / 1e6);
    if (tooMany) Deno.exitCode = 1;
    console.log(`  ${tooMany ? "TOO OFTEN" : "agreed"}, ${times} times, ${difference}: ${why}`);
  }
  for (const [key, examples] of sorted(classes, ({ length }) => length)) {
    Deno.exitCode = 1;
    console.log(`  NOT AGREED, ${examples.length} times, ${key}`);
    for (const example of examples.slice(0, EXAMPLES)) console.log(`    ${example}`);
  }
}

function sorted<K, T>(map: Map<K, T>, size: (value: T) => number): [K, T][] {
  return [...map].sort(([, a], [, b]) => size(b) - size(a));
}
