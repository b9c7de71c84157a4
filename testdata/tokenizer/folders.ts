/** Reads folders.json.gz of make_folders_golden.py: small tokenizer folders and AutoTokenizer's results. */
import type { TokenizerFiles } from "../../src/tokenizer/config_types.ts";
import { gunzip } from "./vocabularies.ts";

type Json = Record<string, unknown>;

/** Results of AutoTokenizer's tokenizer. */
export interface Answer {
  /** Ids of each text; null if it refuses the text. */
  ids: (number[] | null)[];
  /** Decoded ids of the first texts. */
  decoded: (string | null)[];
  /** Ids of "a" and "b c". */
  pair: number[] | null;
  length: number;
  side: "left" | "right";
  /** Ids of the tokens bos, eos, unk and pad. */
  named: (number | null)[];
  special: number[];
}

/** A folder: its content, and the answer (null: refused). */
export interface Folder {
  name: string;
  /** Its tokenizer_class; "absent": the field is missing. */
  tokenizerClass: string | null;
  flags: Json;
  files: TokenizerFiles;
  answer: Answer | null;
}

interface Golden {
  texts: string[];
  models: Record<string, unknown>;
  bases: Record<string, Json & { model: string }>;
  model: string;
  classes: (string | null)[];
  files: [string | null, boolean][];
  flags: Json[];
  folders: [number, number, number, number][];
  results: (Answer | null)[];
}

/** All texts and all folders. */
export async function readFolders(): Promise<{ texts: string[]; folders: Folder[] }> {
  const golden = JSON.parse(new TextDecoder().decode(await gunzip("folders.json.gz"))) as Golden;
  const jsons = new Map(
    Object.entries(golden.bases).map(([name, base]) => {
      return [name, toBytes({ ...base, model: golden.models[base.model] })];
    }),
  );
  const model = Uint8Array.from(atob(golden.model), (unit) => unit.charCodeAt(0));
  const folders = golden.folders.map(([c, f, g, result]): Folder => {
    const tokenizerClass = golden.classes[c];
    const [base, hasModel] = golden.files[f];
    const flags = golden.flags[g];
    const files = settings(tokenizerClass, flags);
    if (base !== null) files["tokenizer.json"] = jsons.get(base);
    if (hasModel) files["tokenizer.model"] = model;
    const name = JSON.stringify([tokenizerClass, base, hasModel ? "model" : "", flags]);
    return { name, tokenizerClass, flags, files, answer: golden.results[result] };
  });
  return { texts: golden.texts, folders };
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Fields that begin with "@" are other files; the others are tokenizer_config.json. */
function settings(tokenizerClass: string | null, flags: Json): TokenizerFiles {
  const config: Json = {};
  const files: Json = { "config.json": { model_type: "llama" }, "tokenizer_config.json": config };
  for (const [key, value] of Object.entries(flags)) {
    if (key.startsWith("@")) files[key.slice(1)] = value;
    else config[key] = value;
  }
  if (tokenizerClass !== "absent") config.tokenizer_class = tokenizerClass;
  const present = Object.entries(files).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, toBytes(value)]));
}
