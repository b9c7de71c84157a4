import { assertEquals, assertThrows } from "@std/assert";
import { Inbox } from "./inbox.ts";

const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("Inbox: takes ready requests, up to the limit, in order", async () => {
  const inbox = new Inbox([1, 2, 3, 4, 5], 2);
  await inbox.settle();
  assertEquals([inbox.waiting, inbox.done], [2, false]);
  assertEquals([inbox.take(), inbox.take(), inbox.take()], [1, 2, undefined]);
  await inbox.settle();
  assertEquals(inbox.take(), 3);
  inbox.putBack(3);
  assertEquals([inbox.take(), inbox.take()], [3, 4]);
  await inbox.settle();
  assertEquals(inbox.take(), 5);
  await inbox.wait();
  assertEquals([inbox.done, inbox.take()], [true, undefined]);
});

Deno.test("Inbox: waits for a slow source only in wait()", async () => {
  async function* slow() {
    yield 1;
    await turn(30);
    yield 2;
  }
  const inbox = new Inbox(slow(), 8);
  await inbox.wait();
  await inbox.settle();
  assertEquals([inbox.take(), inbox.take(), inbox.done], [1, undefined, false]);
  await inbox.wait();
  assertEquals(inbox.take(), 2);
});

Deno.test("Inbox: a source's error follows all earlier requests", async () => {
  async function* broken() {
    yield 1;
    throw new Error("line 2 is bad");
  }
  const inbox = new Inbox(broken(), 8);
  await inbox.wait();
  await inbox.settle();
  assertEquals(inbox.take(), 1);
  await inbox.wait();
  assertThrows(() => inbox.take(), Error, "line 2 is bad");
});

Deno.test("Inbox: closing signals the source, and does not wait for it", async () => {
  let closed = false;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<number>>(() => {}),
      return: () => {
        closed = true;
        return Promise.reject(new Error("late"));
      },
    }),
  };
  const inbox = new Inbox(source, 1);
  await inbox.settle();
  inbox.close();
  assertEquals([closed, inbox.done], [true, true]);
  await turn();
});
