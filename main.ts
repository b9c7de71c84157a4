/** The program's entry: everything else is in src/cli. */
import { main } from "./src/cli/main.ts";

Deno.exit(await main(Deno.args));
