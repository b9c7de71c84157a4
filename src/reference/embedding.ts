/**
 * Rows of a table by token id.
 * @param table [vocabulary, size]
 * @returns [ids.length, size]
 */
export function embedding(ids: readonly number[], table: Float64Array, size: number): Float64Array {
  const rows = new Float64Array(ids.length * size);
  ids.forEach((id, row) => rows.set(table.subarray(id * size, (id + 1) * size), row * size));
  return rows;
}
