import type { Folder } from "../../testdata/tokenizer/folders.ts";

/** A kind of folder that is deliberately not read as AutoTokenizer reads it, and the reason. */
interface WantedDifference {
  refuses: "ours" | "theirs";
  is(folder: Folder): boolean;
  why: string;
}

const OTHER_FAMILIES: readonly (string | null)[] = [
  "T5Tokenizer",
  "BertTokenizer",
  "XLMRobertaTokenizerFast",
];

/** All intended differences. */
export const WANTED_DIFFERENCES: readonly WantedDifference[] = [
  {
    refuses: "theirs",
    is: ({ tokenizerClass, files }) =>
      (tokenizerClass === null || tokenizerClass === "absent") && files["config.json"] === undefined,
    why: "a folder of a tokenizer alone is read as Llama's, the one model of this program",
  },
  {
    refuses: "ours",
    is: ({ tokenizerClass, answer }) => OTHER_FAMILIES.includes(tokenizerClass) && answer !== null,
    why: "the class changes the pipeline in its own way, and no Llama has it",
  },
];

/** The only side that refuses a folder, if that is intended. */
export function whoRefuses(folder: Folder): "ours" | "theirs" | undefined {
  return WANTED_DIFFERENCES.find((one) => one.is(folder))?.refuses;
}
