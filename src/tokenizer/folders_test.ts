/** Tokenizer folders with every class, file and flag, compared with AutoTokenizer (make_folders_golden.py). */
import { assertEquals } from "@std/assert";
import { type Answer, type Folder, readFolders } from "../../testdata/tokenizer/folders.ts";
import { DataError } from "../base/errors.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { whoRefuses } from "../../tests/support/tokenizer_folders.ts";
import { fastParts } from "./load.ts";

const { texts, folders } = await readFolders();

/** The result of `read`; null if it throws a DataError. */
function tried<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

function answerOf({ files }: Folder): Answer | null {
  const tokenizer = tried(() => new LlamaTokenizerFast(fastParts(files)));
  if (tokenizer === null) return null;
  const ids = texts.map((text) => tried(() => tokenizer.encode(text)));
  const { bosTokenId, eosTokenId, unkTokenId, padTokenId } = tokenizer;
  return {
    ids,
    decoded: ids.slice(0, 6).map((row) => row && tokenizer.decode(row)),
    pair: tried(() => tokenizer.encode("a", "b c")),
    length: tokenizer.length,
    side: tokenizer.paddingSide,
    named: [bosTokenId, eosTokenId, unkTokenId, padTokenId].map((id) => id ?? null),
    special: [...new Set(tokenizer.allSpecialIds)].sort((a, b) => a - b),
  };
}

for (const tokenizerClass of new Set(folders.map((folder) => folder.tokenizerClass))) {
  const ofClass = folders.filter((folder) => folder.tokenizerClass === tokenizerClass);
  Deno.test(`tokenizer_class ${tokenizerClass}: ${ofClass.length} folders as AutoTokenizer reads them`, () => {
    for (const folder of ofClass) {
      const [ours, theirs] = [answerOf(folder), folder.answer];
      const alone = whoRefuses(folder);
      if (alone === undefined) assertEquals(ours, theirs, folder.name);
      else {assertEquals(
          [ours === null, theirs === null],
          [alone === "ours", alone === "theirs"],
          folder.name,
        );}
    }
  });
}
