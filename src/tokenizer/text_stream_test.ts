import { assertEquals } from "@std/assert";
import { type Decoder, TextStream } from "./text_stream.ts";

/** Ids index into pieces of text; the last piece before `flush` is returned late, like half a character. */
function decoder(pieces: string[]): Decoder {
  return { push: (ids) => ids.map((id) => pieces[id]).join(""), flush: () => "" };
}

function stream(pieces: string[], stops: string[]): [string[], boolean] {
  const text = new TextStream(decoder(pieces), stops);
  const out = pieces.map((_, id) => text.push([id]));
  return [[...out, text.flush()], text.stopped];
}

Deno.test("without stop strings text passes as it comes", () => {
  assertEquals(stream(["a", "", "bc"], []), [["a", "", "bc", ""], false]);
});

Deno.test("a possible stop string is held back until it is decided", () => {
  assertEquals(stream(["x E", "N", "X", "y"], ["END"]), [["x ", "", "ENX", "y", ""], false]);
  assertEquals(stream(["x E", "N"], ["END"]), [["x ", "", "EN"], false]);
  assertEquals(stream(["a", "a", "b"], ["aab"]), [["", "", "", ""], true]);
  assertEquals(stream(["aa", "a", "b"], ["aab"]), [["", "a", "", ""], true]);
});

Deno.test("the text ends before the first stop string, and nothing follows", () => {
  assertEquals(stream(["one. T", "wo. Three.", " four"], ["Three", ". T"]), [["one", "", "", ""], true]);
  assertEquals(stream(["ab\nc", "d"], ["\n"]), [["ab", "", ""], true]);
});

Deno.test("a stop string that only the end of the ids completes still stops", () => {
  const text = new TextStream({ push: () => "a", flush: () => "\ufffd" }, ["\ufffd"]);
  assertEquals([text.push([0]), text.flush(), text.stopped], ["a", "", true]);
});
