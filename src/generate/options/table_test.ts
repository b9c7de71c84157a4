import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { Fields } from "../../base/fields.ts";
import { DataError } from "../../base/errors.ts";
import { checkGenerationFields } from "./checks.ts";
import type { Row } from "./row.ts";
import { DEVICE_OFF, GENERATION_DEFAULTS, OFF, PIPELINE_DEFAULTS, ROWS } from "./table.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));

/** The product's files that name an option, besides its row, its processor and its kernel. */
function naming(pattern: RegExp): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
      const path = `${folder}/${name}`;
      if (isDirectory) walk(path);
      else if (
        name.endsWith(".ts") &&
        !/_test\.ts$|testing\.ts$|_rows\.ts$|^src\/(trust|reference)\/|\/processors\//.test(path) &&
        pattern.test(Deno.readTextFileSync(join(ROOT, path)))
      ) found.push(path);
    }
  };
  walk("src");
  return found;
}

Deno.test("an option is named where its row and its effect are, and in few other places", () => {
  for (
    const pattern of [
      /temperature/,
      /\bminP\b|min_p\b/,
      /topP|top_p/,
      /typicalP|typical_p/,
      /noRepeatNgram/,
      /repetitionPenalty/,
    ]
  ) {
    const files = naming(pattern);
    assert(files.length > 0 && files.length <= 6, `${pattern}: ${files.join(", ")}`);
  }
});

Deno.test("every off value and every default passes its row's check", () => {
  for (const values of [GENERATION_DEFAULTS, PIPELINE_DEFAULTS]) {
    const names = new Map(Object.keys(values).map((name) => [name, name]));
    assertEquals(checkGenerationFields(new Fields(new Map(Object.entries(values)), ""), names), {
      ...values,
    });
  }
  assertEquals<unknown>(OFF, {
    minNewTokens: 0,
    stop: [],
    eosTokenIds: [],
    doSample: false,
    temperature: 1,
    topK: 0,
    topP: 1,
    minP: 0,
    seed: 0n,
    repetitionPenalty: 1,
  });
  assertEquals<unknown>(DEVICE_OFF, {
    minNewTokens: 0,
    minLength: 0,
    temperature: 1,
    topK: 0,
    topP: 1,
    minP: 0,
    repetitionPenalty: 1,
    renormalizeLogits: false,
  });
});

Deno.test("every row refuses a value of another kind, naming the field", () => {
  for (const [name, row] of ROWS as readonly [string, Row][]) {
    if (!("default" in row)) continue;
    const bad = { not: "a value" };
    const read = () =>
      checkGenerationFields(new Fields(new Map([[name, bad]]), "x: "), new Map([[name, name]]));
    assertThrows(read, DataError, `x: ${name}: expected`);
  }
});
