import { assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES } from "./commands.ts";
import { kebab, OPTION_LIST } from "./options.ts";
import { runMain } from "./testing.ts";

for (const [shell, flag] of [["bash", "--"], ["zsh", "--"], ["fish", "-l "]]) {
  Deno.test(`the completions of ${shell} hold every command and option`, async () => {
    const script = (await runMain(["completions", shell])).stdout;
    for (const name of COMMAND_NAMES) assertStringIncludes(script, name);
    for (const [name] of OPTION_LIST) assertStringIncludes(script, flag + kebab(name));
    assertStringIncludes(script, "float32 float16 bfloat16");
  });
}
