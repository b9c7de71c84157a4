import { DIFFERENTIAL_KINDS, type DifferentialKind } from "./differential_kinds.ts";
import { MODEL_ROWS } from "./model_rows.ts";
import { Random } from "../../src/base/random.ts";
import type { Row } from "./row.ts";
import { TOKENIZER_ROWS } from "./tokenizer_rows.ts";

/** A file whose verdict is stored in testdata/differential/verdicts.json. */
export interface DifferentialCase {
  readonly kind: DifferentialKind;
  readonly what: string;
  readonly file: Uint8Array;
}

/** Number of seeds for files of each kind, besides those of the corpus. */
const SEEDS = 60;

/** The files of the corpus that the reference also reads, and the first ones that the fuzzers make. */
export function differentialCases(): DifferentialCase[] {
  return DIFFERENTIAL_KINDS.flatMap((kind) => [
    ...[...MODEL_ROWS, ...TOKENIZER_ROWS].flatMap((row) => caseOf(kind, row)),
    ...Array.from({ length: SEEDS }, (_, seed) => {
      return { kind, what: `${kind.name}: seed ${seed}`, file: kind.target.make(new Random(seed)) };
    }),
  ]);
}

function caseOf(kind: DifferentialKind, { what, files }: Row): DifferentialCase[] {
  const content = files?.[kind.file];
  if (content === null || content === undefined) return [];
  return [{
    kind,
    what: what.slice(0, 100),
    file: typeof content === "string" ? new TextEncoder().encode(content) : content,
  }];
}
