import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";

const SCRIPT = fromFileUrl(new URL("../../scripts/compile.sh", import.meta.url));

for (
  const [args, message] of [
    [["--target", "beos-x64"], /unknown target beos-x64; expected linux-x64, .*windows-x64/],
    [["--target", "linux-x64", "no"], /unknown target no;/],
    [["--target"], /--target needs a name/],
    [["--al"], /unknown option --al; expected --all or --target NAME/],
  ] as const
) {
  Deno.test(`compile.sh ${args.join(" ")} is wrong usage, said on one line`, async () => {
    const { code, stdout, stderr } = await new Deno.Command("sh", { args: [SCRIPT, ...args] }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals([code, stdout.length], [2, 0], said);
    assertMatch(said, message);
    assertMatch(said, /^llama: [^\n]+\n$/);
  });
}
