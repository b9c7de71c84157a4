import { assertEquals } from "@std/assert";

/** Folder of the golden files; testdata/golden/README.md describes them. */
export const GOLDEN: URL = new URL("../../testdata/golden/", import.meta.url);

/** A float tensor of a golden file: shape, and base64 of little-endian float32. */
export interface Tensor {
  shape: number[];
  data: string;
}

/** One call of a case: the input, and transformers' output. */
export interface Call {
  method: "forward" | "generate";
  continues?: boolean;
  inputs: {
    inputIds?: number[][];
    inputsEmbeds?: Tensor;
    attentionMask?: number[][] | Tensor;
    positionIds?: number[][];
    useCache?: boolean;
    labels?: number[] | number[][];
    startPositions?: number[];
    endPositions?: number[];
    logitsToKeep?: number | number[];
    maxNewTokens?: number;
    minNewTokens?: number;
    repetitionPenalty?: number;
    eosTokenId?: number[];
    padTokenId?: number;
  };
  outputs: {
    logits?: Tensor;
    loss?: number;
    lastHiddenState?: Tensor;
    startLogits?: Tensor;
    endLogits?: Tensor;
    hiddenStates?: Tensor[];
    attentions?: Tensor[];
    cache?: { keys: Tensor; values: Tensor }[];
    steps?: Record<string, Tensor>;
    sequences?: number[][];
  };
}

/** Names of all cases: folders with a checkpoint and expected.json. */
export function goldenCases(): string[] {
  return [...Deno.readDirSync(GOLDEN)].filter((entry) => entry.isDirectory).map((entry) => entry.name).sort();
}

/** The expectation of one case: transformers' class, and the calls in order. */
export async function readExpected(name: string): Promise<{ class: string; calls: Call[] }> {
  return JSON.parse(await Deno.readTextFile(new URL(`${name}/expected.json`, GOLDEN)));
}

/** The numbers of a golden tensor, row-major. */
export function unpack(tensor: Tensor): Float64Array {
  const bytes = Uint8Array.from(atob(tensor.data), (c) => c.charCodeAt(0));
  return Float64Array.from(new Float32Array(bytes.buffer));
}

/**
 * Fails if an error exceeds `tolerance` times the largest expected value; the default is the possible
 * difference between torch's float32 and float64. NaN always fails.
 */
export function assertNear(got: ArrayLike<number>, tensor: Tensor, what: string, tolerance = 2e-5) {
  const want = unpack(tensor);
  assertEquals(got.length, want.length, `${what}: length`);
  const largest = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  want.forEach((value, i) => {
    const off = Math.abs(got[i] - value);
    assertEquals(
      off <= tolerance * largest,
      true,
      `${what}[${i}]: ${got[i]}, expected ${value}, largest ${largest}`,
    );
  });
}
