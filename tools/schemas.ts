/**
 * Generates with every schema of the corpus at a temperature of 2 and validates the answers with ajv: `deno task
 * test:schemas [--seeds 5] [--tokens 160]`. Prints what is wrong and the counts; exits with 1 if an answer that ended is
 * not valid.
 */
import { parseArgs } from "@std/cli/parse-args";
import { CORPUS } from "../tests/schemas/corpus.ts";
import { runCorpus } from "../tests/schemas/run_corpus.ts";

const { seeds, tokens } = parseArgs(Deno.args, {
  string: ["seeds", "tokens"],
  default: { seeds: "5", tokens: "160" },
});
const start = performance.now();
const report = await runCorpus(CORPUS, { seeds: Number(seeds), maxNewTokens: Number(tokens) }, (done) => {
  if (done % 50 === 0) console.error(`${done} schemas`);
});
for (const [schema, message] of report.refused) console.log(`refused ${JSON.stringify(schema)}: ${message}`);
for (const answer of report.invalid) console.log(`INVALID ${answer}`);
console.log(
  `${CORPUS.length} schemas × ${seeds} seeds: ${report.ended} answers ended, ${report.cut} cut, ` +
    `${report.invalid.length} invalid, ${report.refused.length} schemas refused; ` +
    `${((performance.now() - start) / 1000).toFixed(0)} s`,
);
if (report.invalid.length > 0) Deno.exitCode = 1;
