import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FakeIo, runMain } from "../../../tests/support/cli.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));
const NO_DEVICE = {
  DENO_WEBGPU_BACKEND: "vulkan",
  VK_ICD_FILENAMES: "/nonexistent",
  VK_DRIVER_FILES: "/nonexistent",
};

/** Runs the real launcher; by default without any adapter. */
async function llama(args: string[], env: Record<string, string> = NO_DEVICE) {
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}llama`, {
    args: ["mask", ...args],
    env,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function mask(args: string[], input?: string) {
  return await runMain(["mask", ...args], new FakeIo(input === undefined ? undefined : [input]));
}

Deno.test("mask: the picture in plain characters, without any adapter", async () => {
  const { code, stdout, stderr } = await llama(["The sun gives light."]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n").slice(3), [
    " ■: i == j (diagonal)   ■: seen   ⬚: masked",
    " ".repeat(13) + "Attention Matrix",
    " ".repeat(13) + "0 1 2 3 4 5",
    "'<s>'   :  0 ■ ⬚ ⬚ ⬚ ⬚ ⬚",
    "'▁The'  :  1 ■ ■ ⬚ ⬚ ⬚ ⬚",
    "'▁sun'  :  2 ■ ■ ■ ⬚ ⬚ ⬚",
    "'▁gives':  3 ■ ■ ■ ■ ⬚ ⬚",
    "'▁light':  4 ■ ■ ■ ■ ■ ⬚",
    "'.'     :  5 ■ ■ ■ ■ ■ ■",
    "#############################################################",
    "",
  ]);
});

Deno.test("mask: JSON has tokenize's tokens and row i with i + 1 ones", async () => {
  const { code, stdout } = await llama(["--json", "Zoë <s> sees"]);
  assertEquals(code, 0);
  const { tokens, mask, ...others } = JSON.parse(stdout);
  const tokenized = await runMain(["tokenize", "--json", "Zoë <s> sees"]);
  assertEquals(tokens, JSON.parse(tokenized.stdout).tokens);
  assertEquals(others, {});
  const expected = tokens.map((_: string, row: number) =>
    tokens.map((_: string, i: number) => i <= row ? 1 : 0)
  );
  assertEquals(mask, expected);
});

Deno.test("mask: pictures in files beside the one on stdout, whole or not at all", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [png, html] = [`${folder}/mask.png`, `${folder}/mask.html`];
    const { code, stdout, stderr } = await llama(["--png", png, "--html", html, "a <b>"]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "'▁a'");
    assertEquals([...(await Deno.readFile(png)).subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
    const page = await Deno.readTextFile(html);
    assertMatch(page, /^<!DOCTYPE html>[^]*<\/html>\n$/);
    assertStringIncludes(page, "&lt;");
    assertEquals([...Deno.readDirSync(folder)].length, 2);

    await Deno.symlink(png, `${folder}/link`);
    const rows: [string[], number, string][] = [
      [["a", "--png", folder], 4, "expected a file, got a folder"],
      [["a", "--png", `${folder}/none/a.png`], 4, "none/a.png"],
      [["a", "--png", html, "--html", html], 2, "name the same file"],
      [["-f", html, "--html", html], 2, "name the same file"],
      [["a", "--png", png, "--html", `${folder}/link`], 2, "name the same file"],
      [["a", "--png", ""], 2, "--png"],
      [["a", "--png", "/dev/full"], 4, "/dev/full: expected a file"],
    ];
    for (const [args, code, message] of rows) {
      const ending = await mask(args);
      assertEquals(ending.code, code, args.join(" "));
      assertMatch(ending.stderr, /^llama: [^\n]+\n$/);
      assertStringIncludes(ending.stderr, message);
    }
    assertEquals([...Deno.readDirSync(folder)].length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mask: attention weights in text, JSON and files", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [png, html] = [`${folder}/a.png`, `${folder}/a.html`];
    const { code, stdout, stderr } = await llama(
      ["--attention", "1:0", "--png", png, "--html", html, "a"],
      {},
    );
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "Attention Weights: layer 1, head 0\n");
    assertStringIncludes(stdout, "'▁a' :  1 ▓ ▓\n");
    assert((await Deno.readFile(png)).length > 500);
    assertMatch(await Deno.readTextFile(html), /<td style="background:rgb\([\d,]+\)" title=0\.\d+>/);

    const json = await mask(["--attention", "1", "--json", "The sun"]);
    const { tokens, mask: rows, attention, ...others } = JSON.parse(json.stdout);
    assertEquals([tokens.length, rows.length, others], [3, 3, {}]);
    for (const [i, row] of attention.entries()) {
      assertEquals(row.slice(i + 1), Array(2 - i).fill(0));
      assert(Math.abs(row.reduce((a: number, b: number) => a + b) - 1) < 1e-5);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mask: an impossible picture is one line with the right code", async () => {
  const rows: [string[], number, string][] = [
    [["a", "--attention", "4"], 2, "a layer from 0 to 3, got 4"],
    [["a", "--attention", "0:6"], 2, "a head from 0 to 5, got 6"],
    [["a", "--attention", "x"], 2, "expected LAYER or LAYER:HEAD"],
    [["a", "--attention=-1"], 2, "expected LAYER or LAYER:HEAD"],
    [["--attention", "0"], 2, "no prompt"],
    [["word ".repeat(1100), "--attention", "0"], 3, "the model's context holds 1024"],
    [[], 2, "no prompt"],
    [["--raw", ""], 3, "at least one token"],
    [["a", "-m", "no/such"], 4, "no/such"],
    [["a", "--padding", "top"], 2, "left, right"],
  ];
  for (const [args, code, message] of rows) {
    const ending = await mask(args);
    assertEquals(ending.code, code, args.join(" ").slice(-60));
    assertMatch(ending.stderr, /^llama: [^\n]+\n$/);
    assertStringIncludes(ending.stderr, message);
    assertEquals(ending.stdout, "");
  }
  const { code, stderr } = await llama(["--attention", "0", "a"]);
  assertEquals(code, 4);
  assertMatch(stderr, /^llama: [^\n]+\n$/);
});

Deno.test("mask: lines and records, padded together on request, bad ones in place", async () => {
  const objects = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const alone = objects((await mask(["--lines", "--json"], "The sun\na\n")).stdout);
  assertEquals(alone.map(({ tokens }) => tokens), [["<s>", "▁The", "▁sun"], ["<s>", "▁a"]]);
  const padded = objects((await mask(["--lines", "--json", "--padding", "left"], "The sun\na\n")).stdout);
  assertEquals(padded[0], alone[0]);
  assertEquals(padded[1], { tokens: ["<unk>", "<s>", "▁a"], mask: [[0, 0, 0], [0, 1, 0], [0, 1, 1]] });

  const records =
    '{"prompt": [1, 5], "id": 7}\n{"prompt": [999999], "id": 8}\n{"prompt": "a", "raw": true}\n';
  const { code, stdout, stderr } = await mask(["--jsonl", "--json", "--padding", "right"], records);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "1 record failed");
  const [first, second, third] = objects(stdout);
  assertEquals([first.tokens.length, second.id, third.tokens], [2, 8, ["▁a", "<unk>"]]);
  assertEquals(third.mask, [[1, 0], [1, 0]]);
  assertStringIncludes(second.error, "prompt[0]");
});

Deno.test("mask: colours on a terminal, none with NO_COLOR or on a dumb one", async () => {
  const colored = async (variables: Record<string, string>) => {
    const io = new FakeIo();
    io.outIsTerminal = true;
    Object.assign(io.variables, variables);
    return (await runMain(["mask", "a"], io)).stdout.includes("\x1b[92m■");
  };
  assertEquals(
    [await colored({}), await colored({ NO_COLOR: "1" }), await colored({ TERM: "dumb" })],
    [true, false, false],
  );
});
