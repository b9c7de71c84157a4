/** Leading bytes of other kinds of files; one character is one byte. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ["version https://git-lfs", "a git-LFS pointer, not the file itself (run `git lfs pull`)"],
  ["PK\x03\x04", "a zip archive, probably PyTorch's (pytorch_model.bin); convert it to safetensors"],
  ["\x80\x02", "a Python pickle, probably PyTorch's (pytorch_model.bin); convert it to safetensors"],
  ["\x80\x03", "a Python pickle; convert it to safetensors"],
  ["\x80\x04", "a Python pickle; convert it to safetensors"],
  ["\x80\x05", "a Python pickle; convert it to safetensors"],
  ["GGUF", "a GGUF file; a safetensors checkpoint is needed"],
  ["\x1f\x8b", "a gzip archive"],
  ["\x89HDF", "an HDF5 file; a safetensors checkpoint is needed"],
];

/**
 * Names the kind of a file that is not safetensors, for common mistakes.
 * @param start the first bytes of the file, some dozens are enough
 * @returns words for "…, got WORDS"; undefined if the bytes are not recognized
 */
export function describeForeign(start: Uint8Array): string | undefined {
  const text = String.fromCharCode(...start.subarray(0, 256));
  if (/^\s*<(!doctype|!--|html|head|\?xml)/i.test(text)) return "an HTML page (a failed download?)";
  const found = SIGNATURES.find(([signature]) => text.startsWith(signature));
  if (found !== undefined) return found[1];
  return /^\s*[{[]\s*["\]}]/.test(text) ? "JSON text" : undefined;
}
