import { assertEquals } from "@std/assert";
import { readTurn } from "./chat_turn.ts";

/** All turns of some lines, and which of the lines continued a turn. */
async function turns(...lines: string[]): Promise<[string[], boolean[]]> {
  const asked: boolean[] = [];
  const source = {
    next: (continued: boolean) => {
      asked.push(continued);
      return Promise.resolve(lines.shift());
    },
  };
  const found: string[] = [];
  for (let turn; (turn = await readTurn(source));) {
    found.push(turn.kind === "command" ? `[${turn.text}]` : turn.text);
  }
  return [found, asked];
}

Deno.test("a line is a turn, blank ones are none, the end of the input ends", async () => {
  assertEquals(await turns("a", "", "  ", " b "), [["a", " b "], [false, false, false, false, false]]);
  assertEquals((await turns())[0], []);
});

Deno.test("a backslash at the end continues the line, two are literal", async () => {
  assertEquals(await turns("a\\", "b\\", "c", "d"), [["a\nb\nc", "d"], [false, true, true, false, false]]);
  assertEquals((await turns("a\\\\", "b"))[0], ["a\\\\", "b"]);
  assertEquals((await turns("a\\\\\\", "b"))[0], ["a\\\\\nb"]);
  assertEquals((await turns("a\\"))[0], ["a"], "the input ends there");
  assertEquals((await turns("\\", "a"))[0], ["\na"]);
});

Deno.test('the text between """ is one turn, commands and backslashes in it too', async () => {
  assertEquals(await turns('"""', "a\\", "", "/exit", '"""', "b"), [
    ["a\\\n\n/exit", "b"],
    [false, true, true, true, true, false, false],
  ]);
  assertEquals((await turns('"""a', 'b"""', "c"))[0], ["a\nb", "c"]);
  assertEquals((await turns('"""a"""', '"""', '"""', "c"))[0], ["a", "c"]);
  assertEquals((await turns('"""a', "b"))[0], ["a\nb"], "never closed");
});

Deno.test("a slash begins a command, two a message with a slash", async () => {
  assertEquals((await turns("/help", "//etc is what?", " /x"))[0], ["[/help]", "/etc is what?", " /x"]);
  assertEquals((await turns("/system a\\", "b"))[0], ["[/system a\nb]"]);
});
