import { assert, assertEquals } from "@std/assert";
import { COMMAND_NAMES } from "./commands.ts";
import { ENVIRONMENT } from "./options/conventions.ts";
import { parseArguments } from "./options/parse.ts";
import { reference } from "./reference.ts";

Deno.test("docs/REFERENCE.md matches the tables", async () => {
  const file = new URL("../../docs/REFERENCE.md", import.meta.url);
  const advice = "run `deno run --allow-read --allow-write tools/reference.ts`";
  assertEquals(await Deno.readTextFile(file), reference(), advice);
});

Deno.test("the commands in README.md are such as the program takes", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block).join("");
  const calls = [...blocks.matchAll(/llama (\w+)((?: (?:'[^']*'|"[^"]*"|[^\s|;<>#'")]+))*)/g)];
  const known = calls.filter(([, name]) => COMMAND_NAMES.some((command) => command === name));
  assert(known.length > 20);
  for (const [line, name, rest] of known) {
    const words = [...rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, bare]) =>
      one ?? two ?? bare
    );
    try {
      parseArguments(COMMAND_NAMES.find((command) => command === name)!, words);
    } catch (error) {
      throw new Error(line, { cause: error });
    }
  }
});

Deno.test("the reference names the variables that the program may read, and no others", async () => {
  const script = await Deno.readTextFile(new URL("../../scripts/permissions.sh", import.meta.url));
  const allowed = script.match(/^env_names=(.*)$/m)![1].split(",");
  assertEquals(ENVIRONMENT.flatMap(([names]) => names.split(", ")).sort(), allowed.sort());
});
