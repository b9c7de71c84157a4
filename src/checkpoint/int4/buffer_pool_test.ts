import { assertEquals } from "@std/assert";
import { BufferPool } from "./buffer_pool.ts";

Deno.test("BufferPool: what was given back is lent again, and nothing twice at once", () => {
  const pool = new BufferPool();
  const a = pool.take(5000);
  const b = pool.take(5000);
  assertEquals([a.length, a.byteOffset, a.buffer.byteLength], [5000, 0, 8192]);
  assertEquals(a.buffer === b.buffer, false);
  assertEquals(pool.madeBytes, 2 * 8192);
  pool.give(new Uint16Array(a.buffer, 0, 3));
  pool.give(a); // once is enough
  assertEquals(pool.take(8192).buffer === a.buffer, true);
  assertEquals(pool.take(8192).buffer === a.buffer, false);
  assertEquals(pool.madeBytes, 3 * 8192);
  pool.give(new Uint8Array(8192)); // not from this pool
  pool.take(8192);
  assertEquals(pool.madeBytes, 4 * 8192);
  assertEquals(pool.take(0).length, 0);
});

Deno.test("BufferPool.release: free room is let go at once, lent room stays", () => {
  const pool = new BufferPool();
  const free = pool.take(5000);
  const lent = pool.take(5000).fill(7);
  pool.give(free);
  pool.release();
  assertEquals([free.buffer.byteLength, lent.buffer.byteLength], [0, 8192]);
  assertEquals(pool.take(5000).length, 5000);
  pool.give(lent);
  assertEquals(pool.take(5000)[0], 7);
});
