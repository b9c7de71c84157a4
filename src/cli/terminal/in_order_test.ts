import { assertEquals } from "@std/assert";
import { InOrder } from "./in_order.ts";
import { Output } from "./output.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

Deno.test("the first open slot writes through, later ones wait until it closes", async () => {
  const io = new FakeIo();
  const out = new Output(io);
  const order = new InOrder(out);
  const seen = async () => {
    await out.drain();
    return io.stdout;
  };
  const [a, b, c] = [order.open(), order.open(), order.open()];
  b.write("b1 ");
  c.write("c ");
  c.close();
  a.write("a1 ");
  assertEquals(await seen(), "a1 ");
  a.write("a2 ");
  assertEquals(await seen(), "a1 a2 ");
  a.close();
  assertEquals(await seen(), "a1 a2 b1 ");
  b.write("b2 ");
  b.close();
  assertEquals(await seen(), "a1 a2 b1 b2 c ");
});
