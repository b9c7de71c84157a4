import type { TensorInfo } from "../../checkpoint/tensors/types.ts";
import { formatBytes } from "../shared/progress.ts";

type Listed = Pick<TensorInfo, "name" | "dtype" | "shape" | "bytes">;

/** Tensors of one kind: their names differ in numbers of layers only. */
interface Kind extends Listed {
  /** Number of tensors; `bytes` is the sum of them. */
  readonly count: number;
}

/** Compares names in natural order: 2 before 10. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** A line for each tensor, in natural order. */
export function tensorLines(tensors: readonly Listed[]): string[] {
  return columns(sorted(tensors).map((tensor) => [...cellsOf(tensor), formatBytes(tensor.bytes)]));
}

/** A line for each kind of tensor: the pattern of its names, dtype, shape, count and bytes of all of them. */
export function kindLines(tensors: readonly Listed[]): string[] {
  return columns(
    kindsOf(tensors).map((kind) => {
      return [...cellsOf(kind), `× ${kind.count}`, formatBytes(kind.bytes)];
    }),
  );
}

function kindsOf(tensors: readonly Listed[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const tensor of sorted(tensors)) {
    const { dtype, shape, bytes } = tensor;
    const name = tensor.name.replaceAll(/\.\d+(?=\.)/g, ".*");
    const key = `${name} ${dtype} ${shape}`;
    const { count = 0, bytes: before = 0 } = kinds.get(key) ?? {};
    kinds.set(key, { name, dtype, shape, count: count + 1, bytes: before + bytes });
  }
  return [...kinds.values()];
}

function sorted(tensors: readonly Listed[]): Listed[] {
  return tensors.toSorted((a, b) => compare(a.name, b.name));
}

function cellsOf({ name, dtype, shape }: Listed): string[] {
  return [name, dtype, `[${shape.join(", ")}]`];
}

/** Rows of cells as lines, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
}
