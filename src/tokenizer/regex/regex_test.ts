import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { compileRegex } from "./regex.ts";

/** The one-line message for an invalid input. */
function complaint(run: () => unknown): string {
  const { message } = assertThrows(run, DataError);
  assert(!message.includes("\n"), `one line: ${message}`);
  return message;
}

Deno.test("an exploding regex takes linear time", () => {
  const start = performance.now();
  const text = "a".repeat(200_000) + "b";
  assertEquals(compileRegex("(a+)+$", "x")(text), []);
  assertEquals(compileRegex("(a|aa)+c", "x")(text), []);
  assertEquals(compileRegex("^(([a-z])+.)+[A-Z]([a-z])+$", "x")(text), []);
  assert(performance.now() - start < 5_000);
});

Deno.test("a regex that cannot be linear stops with an error", () => {
  const match = compileRegex("a(?=a*c)", "tokenizer.json: pre_tokenizer.pattern.Regex");
  assertEquals(match("a".repeat(20_000)), []);
  assertMatch(
    complaint(() => match("a".repeat(20_000) + "c")),
    /expected a pattern that runs in linear time/,
  );
});

Deno.test("classes are Oniguruma's: symbols among [[:punct:]], no fraction among [[:word:]], no dotless i for I", () => {
  const found = (source: string, text: string) =>
    compileRegex(source, "x")(text).map(([start, end]) => text.slice(start, end)).join("");
  assertEquals(found("[[:punct:]]", "a$+<=>^`|~±×!_½\u20ac"), "$+<=>^`|~±×!_\u20ac");
  assertEquals(found("\\p{Punct}", "a$+!"), "!");
  assertEquals([found("[[:word:]]", "a_²½"), found("\\w", "a_²½")], ["a_", "a_²½"]);
  assertEquals([found("(?i)[a-z]", "Iıſ\u212a"), found("(?i)i", "Iıi")], ["Iſ\u212a", "Ii"]);
  assertEquals(found("(?i)ı", "Iıi"), "ı");
});
