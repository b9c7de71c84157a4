/** The JSON lines that the steps of `scripts/gpu_check.sh` print, by their `kind`. */

export interface DeviceLine {
  readonly kind: "device";
  /** Adapter, and its row in the cost model's table with the peaks in GB/s and GFLOP/s. */
  readonly device: string;
  readonly model: string;
  readonly bandwidth: number;
  readonly gflops: number;
  /** Measured bandwidth of copying, in GB/s. */
  readonly copy: number;
  readonly shape: string;
  readonly weights: string;
  /** Layers of the measured model. */
  readonly layers: number;
}

interface Timed {
  readonly shape: string;
  readonly weights: string;
  readonly ms: number;
  readonly predicted_ms?: number;
}

/** All dispatches of one kind in a prompt's chunk, or in a step behind `reach` positions. */
export interface KernelLine extends Timed {
  readonly kind: "prompt kernel" | "step kernel";
  readonly kernel: string;
  readonly reach?: number;
  readonly dispatches: number;
  readonly gb_per_second: number;
  readonly gflop_per_second: number;
  readonly share_of_copy: number;
  readonly share: number;
  /** Of the prediction: what is slowest, trips to memory of a workgroup, workgroups at once. */
  readonly bound: string;
  readonly trips: number;
  readonly resident: number;
}

export interface PromptLine extends Timed {
  readonly kind: "prompt";
  readonly tokens: number;
  readonly operations: number;
  readonly all_layers_ms: number;
}

export interface DecodeLine extends Timed {
  readonly kind: "decode";
  readonly reach: number;
  readonly sequences: number;
  readonly sampled: boolean;
  readonly all_layers_ms: number;
  readonly tokens_per_second: number;
  readonly gb_per_second: number;
  readonly encode_ms: number;
}

export interface StartLine {
  readonly kind: "start";
  readonly cache: string;
  readonly seconds: number;
}

interface Speeds {
  readonly prompt: number;
  readonly generate: number;
}

export interface PeerLine {
  readonly kind: "peer";
  readonly shape: string;
  readonly weights: string;
  readonly layers: number;
  readonly prompt: number;
  readonly generate: number;
  readonly ours: Speeds;
  readonly theirs: Speeds & { readonly device: string };
}

/** How a step of the script ended. */
export interface RunLine {
  readonly kind: "run";
  readonly name: string;
  readonly result: string;
  readonly seconds: number;
}

export type Line = DeviceLine | KernelLine | PromptLine | DecodeLine | StartLine | PeerLine | RunLine;

/** The lines of some output; what is no JSON, as the end of a step that was stopped, is left out. */
export function readLines(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value = JSON.parse(line);
      return typeof value?.kind === "string" ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Those of some kinds. */
export function linesOf<K extends Line["kind"]>(
  lines: readonly Line[],
  ...kinds: K[]
): (Line & { kind: K })[] {
  return lines.filter((line): line is Line & { kind: K } => kinds.includes(line.kind as K));
}
