/** A sample of the full `deno task mutate`, so that neither the mechanism nor the corpus breaks unnoticed. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { EQUIVALENTS } from "./equivalents.ts";
import { mutate } from "./mutate.ts";

/** Every n-th validation, spread over all files. */
const STEP = 40;
const SAFETENSORS = "src/checkpoint/safetensors/safetensors.ts";
const isBomRow = (what: string) => what === "safetensors: a BOM";

Deno.test("mutation: of a sample of validations, none can be deleted without a row that notices", async () => {
  let i = 0;
  const verdicts = await mutate({ workers: 1, validations: () => i++ % STEP === 0 });
  const survived = verdicts.filter(({ noticedBy, file, text }) =>
    noticedBy === undefined && !EQUIVALENTS.some((one) => file.endsWith(one.file) && text.includes(one.text))
  );
  assertEquals(survived.map(({ file, line, text }) => `${file}:${line} ${text}`), []);
  const files = new Set(verdicts.map(({ file }) => file));
  assert(verdicts.length >= 12 && files.size >= 6, `${verdicts.length} validations of ${files.size} files`);
});

Deno.test("mutation: a validation without a row survives, one with a row does not", async () => {
  const verdicts = await mutate({
    workers: 1,
    rows: isBomRow,
    validations: ({ file, text }) =>
      file === SAFETENSORS && /byte order|expected a JSON object|a hole/.test(text),
    change: (file, source) =>
      file !== SAFETENSORS ? source : source.replace(
        "const dataStart =",
        'if (file === "") throw new DataError("a hole");\n  const dataStart =',
      ),
  });
  assertEquals(verdicts.map(({ text, noticedBy }) => [/a hole/.test(text), noticedBy]), [
    [false, "safetensors: a BOM"],
    [true, undefined],
  ]);
});

Deno.test("mutation: if a row fails with nothing deleted, nothing is judged", async () => {
  await assertRejects(
    () =>
      mutate({
        workers: 1,
        rows: isBomRow,
        change: (file, source) => file === SAFETENSORS ? source.replace("byte order mark", "mark") : source,
      }),
    Error,
    "with nothing deleted, this case fails already: safetensors: a BOM",
  );
});
