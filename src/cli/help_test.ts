import { kebabCase } from "../base/names.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES, COMMANDS } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { optionsOf } from "./options/options.ts";
import { parseArguments } from "./options/parse.ts";

/** Lines that do not fit a terminal of 80 columns. */
const tooLong = (text: string) => text.split("\n").filter((line) => Array.from(line).length > 80);

Deno.test("the program's help lists every command, within 80 columns", () => {
  const help = programHelp("1.2.3");
  for (const name of COMMAND_NAMES) assertStringIncludes(help, `\n  ${name} `);
  assertEquals(tooLong(help), []);
});

for (const command of COMMAND_NAMES) {
  Deno.test(`help of ${command}: every option, 80 columns, examples that parse`, () => {
    const help = commandHelp(command);
    for (const [name, spec] of optionsOf(command)) {
      assertStringIncludes(help, `--${kebabCase(name)}`);
      if (spec.short) assertStringIncludes(help, `-${spec.short}, --${kebabCase(name)}`);
    }
    assertEquals(tooLong(help), []);
    // A line indented by four spaces continues the one before it.
    const examples = help.slice(help.indexOf("Examples:")).replaceAll("|\n    ", "| ").split("\n")
      .filter((line) => /^ {2}[^#]/.test(line));
    assertEquals(examples.map((line) => line.slice(2)), COMMANDS[command].examples.map(([line]) => line));
    assert(examples.length > 0);
    for (const example of examples) {
      for (const [, name, rest] of example.matchAll(/llama (\w+)([^|)>]*)/g)) {
        const words = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
        parseArguments(COMMAND_NAMES.find((known) => known === name)!, words);
      }
    }
  });
}

Deno.test("the mark of record options appears only if records are read", () => {
  assertStringIncludes(commandHelp("run"), "* stop after this many new tokens");
  assertEquals(commandHelp("chat").includes("* stop"), false);
});
