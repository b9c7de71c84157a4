/**
 * Deletes each validation of untrusted input in turn and checks that a case of the corpus notices: `deno task
 * mutate [--inputs 300] [--workers 2] [--verbose] [FILE…]`; a FILE is a part of a source's path. Prints the
 * survivors; exits with 1 if there are more than the table of equivalents allows.
 */
import { parseArgs } from "@std/cli/parse-args";
import { EQUIVALENTS } from "../tests/trust/mutation/equivalents.ts";
import { mutate } from "../tests/trust/mutation/mutate.ts";

const { inputs, workers, verbose, _: files } = parseArgs(Deno.args, {
  string: ["inputs", "workers"],
  boolean: ["verbose"],
  default: { inputs: "300", workers: "2" },
});
const wanted: string[] = files.map(String);
const start = performance.now();
const verdicts = await mutate({
  inputs: Number(inputs),
  workers: Number(workers),
  validations: ({ file }) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
});
const equivalentOf = ({ file, text }: { file: string; text: string }) =>
  EQUIVALENTS.find((one) => file.endsWith(one.file) && text.includes(one.text));
const needed = new Set<unknown>();

let [noticed, byFuzz, equivalent, survived] = [0, 0, 0, 0];
for (const verdict of verdicts) {
  const { file, line, text, noticedBy, problem, reached } = verdict;
  const name = `${file}:${line} ${text}`;
  if (noticedBy !== undefined) {
    noticed++;
    if (noticedBy.startsWith("fuzz ")) byFuzz++;
    if (verbose) console.log(`noticed ${name}\n    by ${noticedBy}: ${problem?.slice(0, 160)}`);
  } else if (equivalentOf(verdict)) {
    equivalent++;
    needed.add(equivalentOf(verdict));
  } else {
    survived++;
    console.log(`SURVIVED ${name} (${reached} cases reach it)`);
  }
}
const stale = wanted.length > 0 ? [] : EQUIVALENTS.filter((one) => !needed.has(one));
for (const { file, text } of stale) console.log(`NOT NEEDED: the equivalent ${file} ${text}`);
console.log(
  `${verdicts.length} validations deleted one by one: ${noticed} noticed (${byFuzz} by fuzzing alone), ` +
    `${equivalent} equivalent, ${survived} survived; ${((performance.now() - start) / 1000).toFixed(0)} s`,
);
if (survived > 0 || stale.length > 0) Deno.exitCode = 1;
