/** Inputs that look invalid but are valid: the whole program accepts them. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { f32 } from "../support/bad_safetensors.ts";
import { safetensorsFile } from "../support/checkpoint.ts";
import { FakeIo, runMain } from "../support/cli.ts";
import { json } from "../support/bad_tokenizer_json.ts";
import { joined } from "./mutate_bytes.ts";
import { inModelFolder, MOST_MS, RUN } from "./row.ts";

const GOOD = Deno.readFileSync(new URL("../../testdata/golden/gqa_bf16/model.safetensors", import.meta.url));
const RECORD = '{"prompt": [1, 2]}\n';

/** The good model's file with another header, its data moved by some bytes. */
function withHeader(change: (header: string) => string, more = 0): Uint8Array {
  const length = Number(new DataView(GOOD.buffer).getBigUint64(0, true));
  const header = change(new TextDecoder().decode(GOOD.subarray(8, 8 + length)).trimEnd());
  return joined(safetensorsFile(header), GOOD.subarray(8 + length), new Uint8Array(more));
}

async function tokensOf(weights: Uint8Array): Promise<unknown> {
  return await inModelFolder({ files: { "model.safetensors": weights } }, async (folder) => {
    const { code, stdout, stderr } = await runMain(
      RUN.map((argument) => argument.replace("FOLDER", folder)),
      new FakeIo([RECORD]),
    );
    assertEquals([code, stderr], [0, ""]);
    return JSON.parse(stdout).tokens;
  });
}

Deno.test("accepted: blanks behind the header, data at an odd offset, a tensor called __proto__", async () => {
  const data = GOOD.length - 8 - Number(new DataView(GOOD.buffer).getBigUint64(0, true));
  const tokens = await tokensOf(GOOD);
  const extra = `,"__proto__":${f32([1], data, data + 4)}}`;
  for (
    const file of [
      withHeader((header) => header + " ".repeat(37)),
      withHeader((header) => header + " ".repeat(1 + header.length % 2)),
      withHeader((header) => header.slice(0, -1) + extra, 4),
    ]
  ) assertEquals(await tokensOf(file), tokens);
});

Deno.test("accepted: a regex that explodes elsewhere takes linear time here", async () => {
  const pre_tokenizer = { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated" };
  await inModelFolder({ files: { "tokenizer.json": json({ pre_tokenizer }) } }, async (folder) => {
    const start = performance.now();
    const { code } = await runMain(["tokenize", "--count", "-m", folder, "a".repeat(20_000) + "b"]);
    assertEquals(code, 0);
    assert(performance.now() - start < MOST_MS);
  });
});

Deno.test("accepted: NUL in a prompt, and a character that comes in pieces", async () => {
  const euro = new TextEncoder().encode("a\0€");
  const whole = await runMain(["tokenize"], new FakeIo([euro]));
  const pieces = await runMain(["tokenize"], new FakeIo([...euro].map((byte) => Uint8Array.of(byte))));
  assertEquals([whole.code, pieces.stdout], [0, whole.stdout]);
  assertEquals((await runMain(["detokenize"], new FakeIo([whole.stdout]))).stdout, "a\0€\n");
});

Deno.test("a hostile header of 83 MB is refused soon, within a heap of 512 MB", async () => {
  const tensors = Array.from({ length: 1e6 }, (_, i) => `"model.layers.${i}.w":${f32([], 4 * i, 4 * i + 4)}`);
  const file = safetensorsFile(`{${tensors.join(",")}}`);
  await inModelFolder({ files: { "model.safetensors": file } }, async (folder) => {
    const start = performance.now();
    const main = fromFileUrl(new URL("../../main.ts", import.meta.url));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ..."run --quiet --no-prompt --no-check --allow-read --allow-env --allow-sys --v8-flags=--max-old-space-size=512"
          .split(" "),
        main,
        "inspect",
        folder,
      ],
    }).output();
    const took = performance.now() - start;
    const message = new TextDecoder().decode(stderr);
    assertEquals(code, 3, message);
    assert(
      /^llama: [^\n]*model\.safetensors: header: .*at most 1000000 values[^\n]*\n$/.test(message),
      message,
    );
    assert(took < 5 * MOST_MS, `took ${took.toFixed(0)} ms`);
  });
});
