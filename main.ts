/** Program entry point; everything else is in src/cli. */
import { main } from "./src/cli/main.ts";

// The software driver's window-system code prints a warning to stderr unless this is an absolute path. The
// launcher sets it; this line covers `deno task llama` and the compiled program. The folder need not exist,
// since nothing is drawn on a screen.
if (Deno.build.os !== "windows" && !Deno.env.get("XDG_RUNTIME_DIR")?.startsWith("/")) {
  Deno.env.set("XDG_RUNTIME_DIR", "/nonexistent");
}

Deno.exit(await main(Deno.args));
