import { kebabCase } from "../base/names.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES } from "./commands.ts";
import { OPTION_LIST } from "./options/options.ts";
import { runMain } from "../../tests/support/cli.ts";

const script = async (shell: string) => (await runMain(["completions", shell])).stdout;

for (const [shell, flag] of [["bash", "--"], ["zsh", "--"], ["fish", "-l "]]) {
  Deno.test(`the completions of ${shell} hold every command and option`, async () => {
    const text = await script(shell);
    for (const name of [...COMMAND_NAMES, "help"]) assertStringIncludes(text, name);
    for (const [name] of OPTION_LIST) assertStringIncludes(text, flag + kebabCase(name));
    assertStringIncludes(text, "float32 float16 bfloat16");
  });
}

/** Runs a script in a shell; undefined if the machine does not have it. */
async function inShell(shell: string, code: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await new Deno.Command(shell, { args: ["-c", code], stdin: "null" }).output();
    assertEquals(new TextDecoder().decode(stderr), "", shell);
    return new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The words before the cursor, and all candidates; the shell completes files itself. */
const CASES: [string[], string[]][] = [
  [["llama", "cha"], ["chat"]],
  [["llama", "comp"], ["completions"]],
  [["llama", "chat", "--sys"], ["--system"]],
  [["llama", "chat", "--chat"], ["--chat-template"]],
  [["llama", "run", "--prompt-c"], ["--prompt-cache"]],
  [["llama", "score", "--prompt-c"], []],
  [["llama", "run", "--dtype", "flo"], ["float32", "float16"]],
  [["llama", "chat", "--progress", ""], ["auto", "always", "never"]],
  [["llama", "completions", ""], ["bash", "zsh", "fish"]],
  [["llama", "help", "ins"], ["inspect"]],
];

Deno.test("bash completes commands, flags, choices, shells and after an equals sign", async () => {
  const text = await script("bash");
  const cases: typeof CASES = [
    ...CASES,
    [["llama", "run", "--dtype", "=", "bf"], ["bfloat16"]],
    [["llama", "run", "--progress", "="], ["auto", "always", "never"]],
    [["llama", "run", "--model", "RE"], []],
    [["llama", "inspect", ""], []],
  ];
  for (const [words, expected] of cases) {
    const list = words.map((word) => `'${word}'`).join(" ");
    const code = `${text}\nCOMP_WORDS=(${list}); COMP_CWORD=${
      words.length - 1
    }; _llama; echo "\${COMPREPLY[*]}"`;
    const got = await inShell("bash", code);
    if (got !== undefined) assertEquals(got.split(" ").filter(Boolean), expected, words.join(" "));
  }
});

Deno.test("fish completes the same", async () => {
  const text = await script("fish");
  for (const [words, expected] of CASES) {
    // If a word may be anything, files are offered as well.
    if (expected.length === 0) continue;
    const got = await inShell("fish", `${text}\ncomplete -C '${words.join(" ")}'`);
    if (got === undefined) return;
    assertEquals(
      got.split("\n").map((line) => line.split("\t")[0]).sort(),
      expected.toSorted(),
      words.join(" "),
    );
  }
});

Deno.test("zsh takes the script as it is", async () => {
  const text = await script("zsh");
  await inShell("zsh", `compdef() { :; }\n${text}\nwhence -w _llama | grep -q function`);
});
