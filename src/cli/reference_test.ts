import { assertEquals } from "@std/assert";
import { ENVIRONMENT } from "./conventions.ts";
import { reference } from "./reference.ts";

Deno.test("docs/REFERENCE.md is what the tables say", async () => {
  const file = new URL("../../docs/REFERENCE.md", import.meta.url);
  const advice = "run `deno run --allow-read --allow-write scripts/reference.ts`";
  assertEquals(await Deno.readTextFile(file), reference(), advice);
});

Deno.test("the reference names the variables that the program may read, and no others", async () => {
  const script = await Deno.readTextFile(new URL("../../scripts/permissions.sh", import.meta.url));
  const allowed = script.match(/^env_names=(.*)$/m)![1].split(",");
  assertEquals(ENVIRONMENT.flatMap(([names]) => names.split(", ")).sort(), allowed.sort());
});
