/** Generates with schemas at a temperature of 2 and validates each answer that ended with ajv. */
import { Ajv2020 } from "ajv";
import formats from "ajv-formats";
import { DataError } from "../../src/base/errors.ts";
import { defaultModelFolder } from "../../src/checkpoint/files/locate.ts";
import type { Json } from "../../src/constraint/schema/located.ts";
import { defaultsFor } from "../../src/generate/options/defaults.ts";
import type { GenerationRequest } from "../../src/generate/options/types.ts";
import { constrainer } from "../../src/generate/sampling/constrainer.ts";
import { Session } from "../../src/generate/session.ts";
import { loadTokenizer } from "../../src/tokenizer/mod.ts";

export interface CorpusReport {
  /** Answers that ended by themselves, and those that reached the most tokens. */
  ended: number;
  cut: number;
  /** Schemas that were refused, with the message. */
  readonly refused: [schema: Json, message: string][];
  /** Answers that ajv does not accept. */
  readonly invalid: string[];
}

/** @param onSchema called after every schema with its number */
export async function runCorpus(
  schemas: readonly Json[],
  { seeds, maxNewTokens = 160 }: { seeds: number; maxNewTokens?: number },
  onSchema: (done: number) => void = () => {},
): Promise<CorpusReport> {
  const path = defaultModelFolder();
  const tokenizer = await loadTokenizer(path);
  const session = await Session.load(path, { batchSize: 8 });
  const constrain = constrainer(tokenizer, session.model.config.vocabSize);
  // Doubles are no decimals: ajv compares quotients within a precision.
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 9 });
  formats.default(ajv);
  const options = {
    ...await defaultsFor(path),
    maxNewTokens,
    doSample: true,
    temperature: 2,
    topK: 0,
    topP: 1,
  };
  const ids = tokenizer.encode("The answer:");
  const prompt = tokenizer.decode(ids, { skipSpecialTokens: true });
  const report: CorpusReport = { ended: 0, cut: 0, refused: [], invalid: [] };
  const asked: Json[] = [];
  async function* requests(): AsyncGenerator<GenerationRequest> {
    for (const [i, schema] of schemas.entries()) {
      try {
        const constraint = await constrain({ kind: "jsonSchema", schema });
        for (let seed = 0; seed < seeds; seed++) {
          asked.push(schema);
          yield { ids, options: { ...options, seed: BigInt(i * seeds + seed) }, constraint };
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        report.refused.push([schema, error.message]);
      }
      onSchema(i + 1);
    }
  }
  const answers = new Map<number, number[]>();
  try {
    for await (const { index, tokens, finishReason } of session.generate(requests())) {
      const all = [...answers.get(index) ?? [], ...tokens];
      answers.set(index, all);
      if (!finishReason) continue;
      answers.delete(index);
      if (finishReason === "length") report.cut++;
      else {
        report.ended++;
        const text = tokenizer.decode([...ids, ...all], { skipSpecialTokens: true }).slice(prompt.length);
        const problem = problemOf(ajv, asked[index], text);
        if (problem) report.invalid.push(`${JSON.stringify(asked[index])}: ${text}: ${problem}`);
      }
    }
  } finally {
    session.dispose();
  }
  return report;
}

function problemOf(ajv: Ajv2020, schema: Json, text: string): string | undefined {
  try {
    const value = JSON.parse(text);
    const validate = ajv.compile(schema as Record<string, unknown>);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  } catch (error) {
    return String(error);
  }
}
