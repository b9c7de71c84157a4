/** Writes docs/REFERENCE.md: deno run --allow-read --allow-write tools/reference.ts */
import { reference } from "../src/cli/reference.ts";

await Deno.writeTextFile(new URL("../docs/REFERENCE.md", import.meta.url), reference());
