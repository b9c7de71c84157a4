import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { kebab, optionsOf } from "./options.ts";
import { parseArguments } from "./parse.ts";

Deno.test("the program's help lists every command", () => {
  const help = programHelp("1.2.3");
  for (const name of COMMAND_NAMES) assertStringIncludes(help, `\n  ${name} `);
});

for (const command of COMMAND_NAMES) {
  Deno.test(`help of ${command}: every option, no long line, examples that parse`, () => {
    const help = commandHelp(command);
    for (const [name, spec] of optionsOf(command)) {
      assertStringIncludes(help, `--${kebab(name)}`);
      if (spec.short) assertStringIncludes(help, `-${spec.short}, --${kebab(name)}`);
    }
    assertEquals(help.split("\n").filter((line) => line.length > 115), []);
    const examples = help.slice(help.indexOf("Examples:")).split("\n").filter((line) =>
      /^ {2}[^#]/.test(line)
    );
    assert(examples.length > 0);
    for (const example of examples) {
      const [, name, rest] = example.match(/llama (\w+)([^|)>]*)/)!;
      const words = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
      parseArguments(COMMAND_NAMES.find((known) => known === name)!, words);
    }
  });
}
