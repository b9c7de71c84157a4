import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../base/random.ts";
import { DataError } from "../../base/errors.ts";
import { FIRST, PairMap, SECOND } from "../models/pair_map.ts";
import { hashBytes, TokenTable } from "../models/token_table.ts";
import { readTokenizerJson } from "./tokenizer_json.ts";
import { readVocabQuickly } from "./vocab_reader.ts";

const encoder = new TextEncoder();

function quickly(text: string) {
  return readVocabQuickly(encoder.encode(text));
}

/** A file's text with a vocabulary and merges as JSON. */
function file(vocab: string, merges: string): string {
  return `{"version": "1.0", "model": {"type": "BPE", "x": [{"vocab": {}}, "]"], "vocab": ${vocab}, "merges": ${merges}}}`;
}

const texts = [
  '"',
  "\\",
  "\n",
  "/",
  "a",
  "é",
  "▁",
  "😀",
  "\u0000",
  "\u007f",
  '"\\',
  "aé",
  "▁😀",
  "ab",
  "b",
  "",
];

Deno.test("a vocabulary is read from bytes as JSON.parse reads it, however it is written", () => {
  const plain = JSON.stringify(Object.fromEntries(texts.map((token, id) => [token, id])));
  const ascii = plain.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const odd = ascii.replace(/\\u00E9/gi, "\\u00E9").replaceAll("/", "\\/").replaceAll(
    ":",
    "\t:\r\n             ",
  );
  const merges = JSON.stringify([['"', "\\"], ["a", "é"], ["▁", "😀"], ["a", "b"]], null, 7);
  for (const vocab of [plain, ascii, odd]) {
    const read = quickly(file(vocab, merges));
    if (read === undefined) throw new Error(`not read: ${vocab}`);
    assertEquals([...read.vocab.keys()], texts);
    assertEquals(texts.map((token) => read.vocab.get(token)), texts.map((_, id) => id));
    assertEquals(
      ["", "x", "\ud83d", "ééééé", -1, 16, 0.5].map((token) =>
        typeof token === "string" ? read.vocab.get(token) : read.vocab.tokenOf(token)
      ),
      [15, ...Array(6).fill(undefined)],
    );
    assertEquals(read.merges.size, 4);
    const found = read.merges.find(6, 7);
    assertEquals([read.merges.data[found + FIRST], read.merges.data[found + SECOND]], [2, 12]);
    assertEquals(new TextDecoder().decode(read.rest), file("{}", "[]"));
  }
});

Deno.test("unusual vocabularies and merges are left to the ordinary reader, which explains errors", () => {
  const good = '{"a": 0, "b": 1, "ab": 2, "é": 3}';
  assert(quickly(file(good, '["a b"]')) !== undefined);
  assertEquals(quickly(file(good, "[]"))?.merges.size, 0);
  const vocabularies = [
    '{"a": 0, "a": 1}',
    '{"a": 1}',
    '{"a": 0, "b": 2}',
    '{"a": 0, "b": 01}',
    '{"a": 0.0}',
    '{"a": 0, "b": "1"}',
    '{"a": 0,}',
    '{"\\ud800": 0}',
    '{"\\ud800\\u0041": 0}',
    '{"\\udc00": 0}',
    '{"\\x": 0}',
    '{"\\u00g0": 0}',
    '{"a\n": 0}',
    "{}",
    "[]",
    '{"a": 0',
    '{"a\\',
    '{"a',
  ];
  for (const vocab of vocabularies) assertEquals(quickly(file(vocab, "[]")), undefined, vocab);
  const lists = [
    '["a c"]',
    '["b a"]',
    '["a  b"]',
    '["ab"]',
    '[["a", "b", "a"]]',
    '[["a"]]',
    '["a b", "a b"]',
    '["a b",]',
    "{}",
  ];
  for (const merges of lists) assertEquals(quickly(file(good, merges)), undefined, merges);
  const broken = encoder.encode(file(good, "[]"));
  broken[broken.indexOf(0xc3)] = 0xff;
  assertEquals(readVocabQuickly(broken), undefined);
});

Deno.test("a file that is read quickly gives what it gives read slowly", () => {
  const letters = [..."abcdé▁😀"];
  const vocab = new Map(letters.map((letter, id) => [letter, id]));
  const merges: string[][] = [];
  const random = new Random(1);
  while (merges.length < 1000) {
    const tokens = [...vocab.keys()];
    const pair = [random.of(tokens), random.of(tokens)];
    if (merges.some(([a, b]) => a === pair[0] && b === pair[1])) continue;
    if (!vocab.has(pair.join(""))) vocab.set(pair.join(""), vocab.size);
    merges.push(pair);
    if (random.once(3)) merges.splice(random.below(merges.length), 0, merges.pop() as string[]);
  }
  const model = { type: "BPE", vocab: Object.fromEntries(vocab), merges };
  const quick = encoder.encode(JSON.stringify({ model }));
  // If merges precede the vocabulary, it is not read quickly.
  const slow = encoder.encode(JSON.stringify({ model: { type: "BPE", merges, vocab: model.vocab } }));
  assert(readVocabQuickly(quick) !== undefined && readVocabQuickly(slow) === undefined);
  const [a, b] = [quick, slow].map((bytes) => readTokenizerJson(bytes, "tokenizer.json").parts.model);
  for (let k = 0; k < 500; k++) {
    const word = Array.from({ length: random.below(60) }, () => random.of(letters)).join("");
    assertEquals(a.encodeWord(word), b.encodeWord(word), word);
  }
});

Deno.test("an error after a quickly read vocabulary is reported with its place in the whole file", () => {
  const good = file('{"a": 0, "b": 1, "ab": 2}', '["a b"]');
  const text = `${good.slice(0, -1)}, "y": ${"[".repeat(200)}`;
  const bytes = encoder.encode(text);
  assert(readVocabQuickly(bytes) !== undefined);
  const offset = text.indexOf("[[[") + 128; // the outermost object is the first of 128
  assertThrows(() => readTokenizerJson(bytes, "tokenizer.json"), DataError, `(character ${offset})`);
});

Deno.test("a table of tokens grows, and says what is there already", () => {
  const table = new TokenTable();
  const names = Array.from({ length: 140_000 }, (_, id) => `token ${id} é`);
  const push = (bytes: Uint8Array) => table.push(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length));
  for (const name of names) assert(push(encoder.encode(name)));
  assertEquals(push(encoder.encode(names[70_000])), false);
  assertEquals(table.size, names.length);
  for (let id = 0; id < names.length; id += 997) {
    assertEquals(table.get(names[id]), id);
    assertEquals(table.tokenOf(id), names[id]);
  }
});

Deno.test("tokens chosen to collide are left to the ordinary reader, before they cost time", () => {
  const colliding: string[] = [];
  for (let k = 0; colliding.length < 1000; k++) {
    const token = `t${k.toString(36)}`;
    const bytes = encoder.encode(token);
    if ((hashBytes(bytes, 0, bytes.length) & 0x3ffff) < 0x100) colliding.push(token);
  }
  const vocab = JSON.stringify(Object.fromEntries(colliding.map((token, id) => [token, id])));
  assertEquals(quickly(file(vocab, "[]")), undefined);
  const few = JSON.stringify(Object.fromEntries(colliding.slice(0, 400).map((token, id) => [token, id])));
  const table = quickly(file(few, "[]"))?.vocab;
  assertEquals(colliding.map((token) => table?.get(token)), colliding.map((_, k) => k < 400 ? k : undefined));
});

Deno.test("a map of pairs grows, and keeps the first of two equal ones", () => {
  const map = new PairMap(1);
  for (let left = 0; left < 300; left++) {
    for (let right = 0; right < 300; right++) assert(map.add(left, right * 77, left + right, left ^ right));
  }
  assertEquals(map.add(7, 77, 1, 1), false);
  assertEquals(map.size, 90_000);
  for (let left = 0; left < 300; left += 7) {
    for (let right = 0; right < 300; right++) {
      const entry = map.find(left, right * 77);
      assertEquals([map.data[entry + FIRST], map.data[entry + SECOND]], [left + right, left ^ right]);
      assertEquals(map.find(left, right * 77 + 1), -1);
    }
  }
});
