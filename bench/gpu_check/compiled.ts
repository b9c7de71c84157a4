/** Figures of bench/COMPILERS.md for the kernel of a step, as the cost model uses them. */
import { readTables } from "../../tools/compilers/table.ts";
import type { Row } from "../../tools/compilers/figures.ts";
import type { Device, Dispatch } from "../cost_model.ts";

type Figures = Pick<Dispatch, "registers" | "trips" | "vectorPerProduct">;

/** The GPU for which the table has all columns. */
const COMPLETE = "gfx1100";

/** The rows of the table. */
export async function compiledRows(): Promise<Row[]> {
  return readTables(await Deno.readTextFile(new URL("../COMPILERS.md", import.meta.url)));
}

/**
 * Figures of a kernel on a device.
 * @param name its name in the table, or the name it would have, if another model had not linked the same text
 * first: `8b int4 1 o_proj`
 */
export function figuresFor(rows: readonly Row[], { compiled }: Device, name: string): Figures {
  const of = (gpu: string) => nearest(rows.filter((row) => row.gpu === gpu), name)?.figures;
  const complete = of(COMPLETE);
  return {
    registers: of(compiled)?.registers ?? complete?.registers,
    trips: complete?.roundTrips,
    vectorPerProduct: complete?.vectorPerWeight,
  };
}

/** The row of the same kernel whose name has most words in common. */
function nearest(rows: readonly Row[], name: string): Row | undefined {
  const [shape, weights, step, ...label] = name.split(" ");
  const rank = ({ kernel }: Row) => {
    const words = kernel.split(" ");
    return 4 * Number(words[2] === step) + 2 * Number(words[1] === weights) + Number(words[0] === shape);
  };
  return rows.filter(({ kernel }) => kernel.endsWith(` ${label.join(" ")}`))
    .toSorted((a, b) => rank(b) - rank(a))[0];
}
