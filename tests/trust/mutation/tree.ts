import { fromFileUrl, join } from "@std/path";
import { deletable, findValidations } from "./find.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));

/** Sources that read foreign data: files, prompts, records, flags, responses of servers. */
export const READERS = new RegExp(
  "^src/(?:" + [
    "base/(?:json|json_reader|fields|utf8|values)",
    "(?:checkpoint|tokenizer)/(?:\\w+/)?\\w+",
    "hub/\\w+",
    "cli/\\w+/(?:parse|record|input|prompt_cache_option|detokenize)",
    "serve/(?:http/body|fields/read_fields|work/settings|api/(?:read_\\w+|tokens))",
    "constraint/(?:gbnf|regex|schema)/\\w+",
    "jinja/(?:values/budget|syntax/(?:escapes|lexer))",
    "generate/(?:options/(?:checks|generation_config)|request/encode_prompt|prompt_cache/prompt_cache_file)",
  ].join("|") + ")\\.ts$",
);
/** Exceptions: writers and tests. */
const NOT_READERS = /(?:_test|\/(?:write|atomic_files|new_folder|int4_quantize|int4_quantizing_source))\.ts$/;

/** A validation of the tree. */
export interface Deletable {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A copy of the sources whose validations can be deleted at run time. */
export interface MutableTree {
  readonly folder: string;
  /** By number. */
  readonly validations: readonly Deletable[];
}

/**
 * Copies the sources into a folder, with a switch at each validation.
 * @param change changes a source first
 */
export async function makeTree(
  folder: string,
  change: (file: string, source: string) => string = (_, source) => source,
): Promise<MutableTree> {
  const validations: Deletable[] = [];
  const copy = async (path: string) => {
    await Deno.mkdir(join(folder, path), { recursive: true });
    const entries = [...Deno.readDirSync(join(ROOT, path))].sort((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, isDirectory } of entries) {
      const file = `${path}/${name}`;
      if (isDirectory) {
        await copy(file);
        continue;
      }
      if (file.endsWith("_test.ts")) continue;
      let source = change(file, await Deno.readTextFile(join(ROOT, file)));
      if (READERS.test(file) && !NOT_READERS.test(file)) {
        const found = findValidations(source);
        source = deletable(source, found, validations.length);
        validations.push(...found.map(({ line, text }) => ({ file, line, text })));
      }
      await Deno.writeTextFile(join(folder, file), source);
    }
  };
  await copy("src");
  await copy("tests");
  await copy("kernels");
  for (const name of ["deno.json", "deno.lock"]) await Deno.copyFile(join(ROOT, name), join(folder, name));
  for (const name of ["testdata", "scripts"]) {
    await Deno.symlink(join(ROOT, name), join(folder, name));
  }
  return { folder, validations };
}
