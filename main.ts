/** The program's entry: everything else is in src/cli. */
import { main } from "./src/cli/main.ts";

// The software driver's window-system code complains on stderr unless this is an absolute path. The launcher sets it;
// here it is for `deno task llama` and the compiled program. It need not exist, for nothing is shown on a screen.
if (Deno.build.os !== "windows" && !Deno.env.get("XDG_RUNTIME_DIR")?.startsWith("/")) {
  Deno.env.set("XDG_RUNTIME_DIR", "/nonexistent");
}

Deno.exit(await main(Deno.args));
