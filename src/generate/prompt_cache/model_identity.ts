import { dirname, join } from "../../base/paths.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";
import { openCheckpoint } from "../../checkpoint/safetensors/open_checkpoint.ts";

/** Bytes sampled from each tensor: fine-tunes of a model differ in nothing else. */
const SAMPLE = 64;
/** Largest config.json, in bytes. */
const MOST_CONFIG = 1 << 24;

/**
 * A fast fingerprint of a model: SHA-256 in hex over config.json and, for every tensor by name, its dtype,
 * its shape and a few bytes from its middle. Independent of how tensors are split into files.
 *
 * @param path a folder, or a .safetensors file beside its config
 * @throws DataError, EnvironmentError
 */
export async function modelIdentity(path: string): Promise<string> {
  const folder = path.endsWith(".safetensors") ? dirname(path) : path;
  const parts: Uint8Array[] = [await readSmallFile(join(folder, "config.json"), MOST_CONFIG)];
  const encoder = new TextEncoder();
  const checkpoint = await openCheckpoint(path);
  try {
    const tensors = [...checkpoint.tensors.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    for (const tensor of tensors) {
      const { name, dtype, shape, bytes } = tensor;
      const sample = new Uint8Array(Math.min(SAMPLE, bytes));
      await checkpoint.read(tensor, Math.floor((bytes - sample.length) / 2), sample);
      parts.push(encoder.encode(`\n${JSON.stringify([name, dtype, shape])}`), sample);
    }
  } finally {
    checkpoint.close();
  }
  const whole = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
