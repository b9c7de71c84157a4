/** Reads the lines that the shim prints of pipelines (shim.c): a driver's statistics under common names. */

/** Numbers of one compiled kernel; undefined where the driver does not report them. */
export interface Statistics {
  /** Vector registers of a thread. */
  readonly registers?: number;
  /** Registers that are spilled, or instructions that spill and fill. */
  readonly spills?: number;
  /** Bytes of private memory of a thread. */
  readonly scratch?: number;
  /** Bytes of a workgroup's memory. */
  readonly shared?: number;
  /** Subgroups that one SIMD unit holds. */
  readonly waves?: number;
  /** Threads of a subgroup. */
  readonly width: number;
  readonly instructions: number;
  readonly codeBytes?: number;
}

/** A pipeline as the shim prints it. */
export interface Pipeline {
  /** Processor time of the driver's compiler. */
  readonly milliseconds: number;
  readonly statistics: Statistics;
  /** Machine code, if it was asked for. */
  readonly listing: string;
}

/** Names of a number in Mesa's drivers (AMD's, NVIDIA's, Intel's). Those that are found are added up. */
const NAMES: Readonly<Record<Exclude<keyof Statistics, "width">, readonly string[]>> = {
  registers: ["VGPRs", "Number of GPRs"],
  spills: ["Spilled VGPRs", "Spilled SGPRs", "Spill Count", "Fill Count"],
  scratch: ["Scratch size", "SLM Size", "Scratch Memory Size"],
  shared: ["LDS size", "Workgroup Memory Size"],
  waves: ["Subgroups per SIMD"],
  instructions: ["Instructions", "Instruction count", "Instruction Count"],
  codeBytes: ["Code size", "Code Size"],
};

/**
 * Reads a line of the shim.
 * @throws SyntaxError if it is no JSON, TypeError if a field is missing or no number
 */
export function readPipeline(line: string): Pipeline {
  const { milliseconds, executables } = JSON.parse(line) ?? {};
  const [executable] = Array.isArray(executables) ? executables : [];
  if (!isCount(milliseconds) || !executable) throw new TypeError("no compute pipeline in the shim's line");
  const { subgroup_size: width, statistics, listing } = executable;
  if (!isCount(width)) throw new TypeError("no subgroup_size in the shim's line");
  return {
    milliseconds,
    statistics: { width, ...readStatistics(statistics ?? {}) },
    listing: String(listing ?? ""),
  };
}

function readStatistics(reported: Readonly<Record<string, unknown>>): Omit<Statistics, "width"> {
  const found = Object.fromEntries(
    Object.entries(NAMES).map(([name, words]) => {
      const values = words.flatMap((word) => word in reported ? [reported[word]] : []);
      const bad = values.find((value) => !isCount(value));
      if (bad !== undefined) throw new TypeError(`${name}: expected a number, got ${JSON.stringify(bad)}`);
      return [name, values.length ? (values as number[]).reduce((a, b) => a + b) : undefined];
    }),
  );
  if (found.instructions === undefined) {
    throw new TypeError(`none of ${NAMES.instructions.join(", ")} is reported`);
  }
  return found as unknown as Omit<Statistics, "width">;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
