/** A copy of twice the length, or of at least `least`, padded with zeros. */
export function grown<T extends Uint8Array | Int32Array>(array: T, least = 0): T {
  const bigger = new (array.constructor as new (length: number) => T)(Math.max(least, array.length * 2));
  bigger.set(array);
  return bigger;
}
