import { assert, assertEquals } from "@std/assert";
import type { Row } from "../../generate/options/row.ts";
import { ROWS } from "../../generate/options/table.ts";
import { GENERATION_OPTIONS } from "./generation_options.ts";

Deno.test("a flag has the bounds of its row, or says why it has others", () => {
  const flags = GENERATION_OPTIONS as Readonly<Record<string, unknown>>;
  for (const [name, row] of ROWS as readonly [string, Row][]) {
    if (!row.flag) continue;
    const spec = flags[row.flag.name ?? name] as Row;
    const bounds = (one: object) =>
      ["min", "max", "above"].map((key) => (one as Record<string, unknown>)[key]);
    assertEquals(bounds(spec), bounds({ ...row, ...row.typed }), name);
    assert(!row.typed || row.typed.why.length > 20, name);
  }
});
