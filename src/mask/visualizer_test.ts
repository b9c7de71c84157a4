import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { AttentionMaskVisualizer } from "./visualizer.ts";

const MODEL = fromFileUrl(new URL("../../testdata/default-model", import.meta.url));

/** Runs a program that uses the library, and returns its output. */
async function printed(program: string): Promise<string> {
  const module = JSON.stringify(import.meta.resolve("./visualizer.ts"));
  const code = `import { AttentionMaskVisualizer } from ${module};\n${program}`;
  const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    cwd: fromFileUrl(new URL("../../", import.meta.url)),
  }).output();
  assertEquals(exit, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("a call prints the picture and gives its text", async () => {
  const output = await printed(`
    const visualizer = new AttentionMaskVisualizer(${JSON.stringify(MODEL)});
    const text = await visualizer("The sun");
    await visualizer.visualizeAttentionMask("The sun");
    console.log(JSON.stringify(text));`);
  const lines = output.trimEnd().split("\n");
  const text = JSON.parse(lines.pop()!);
  assertEquals(lines.join("\n"), text + "\n" + text);
  assertEquals(text.split("\n").slice(-3, -1), ["'▁The':  0 ■ ⬚", "'▁sun':  1 ■ ■"]);
});

Deno.test("several texts are a padded batch; special tokens on request", async () => {
  const visualizer = await AttentionMaskVisualizer.fromPretrained(MODEL);
  assertInstanceOf(visualizer, AttentionMaskVisualizer);
  assertEquals(visualizer.modelName, MODEL);
  const rows = (text: string) => text.split("\n").filter((line) => /^'.*: +\d+ /.test(line));
  const options = { color: false, addSpecialTokens: true };
  assertEquals(rows(await visualizer.text(["The sun", "a"], options)), [
    "'<s>' :  0 ■ ⬚ ⬚",
    "'▁The':  1 ■ ■ ⬚",
    "'▁sun':  2 ■ ■ ■",
    "'<unk>' (padding):  0 ⬚ ⬚ ⬚",
    "'<s>'            :  1 ⬚ ■ ⬚",
    "'▁a'             :  2 ⬚ ■ ■",
  ]);
  assertEquals(rows(await visualizer.text(["The sun", "a"], { ...options, paddingSide: "right" })).slice(3), [
    "'<s>'            :  0 ■ ⬚ ⬚",
    "'▁a'             :  1 ■ ■ ⬚",
    "'<unk>' (padding):  2 ■ ■ ⬚",
  ]);
  assertEquals((await visualizer.png("a")).slice(1, 4), new TextEncoder().encode("PNG"));
  assertEquals((await visualizer.html("a")).slice(0, 15), "<!DOCTYPE html>");
  await assertRejects(() => visualizer.text(""), Error, "at least one token");
});

Deno.test("attention weights of a text, in the model that is loaded for them", async () => {
  const visualizer = new AttentionMaskVisualizer(MODEL);
  try {
    const attention = { layer: 1, head: 0 };
    const text = await visualizer.text("a", { attention, addSpecialTokens: true, color: false });
    assertEquals(text.split("\n").slice(4, -1), [
      " ".repeat(10) + "Attention Weights: layer 1, head 0",
      " ".repeat(10) + "0 1",
      "'<s>':  0 █ ⬚",
      "'▁a' :  1 ▓ ▓",
    ]);
    await assertRejects(
      () => visualizer.text("a", { attention: { layer: 4 } }),
      Error,
      "a layer from 0 to 3",
    );
  } finally {
    await visualizer.dispose();
  }
});

Deno.test("a model that is not there is an error of one line", async () => {
  await assertRejects(() => AttentionMaskVisualizer.fromPretrained("no/such"), Error, "no/such");
});
