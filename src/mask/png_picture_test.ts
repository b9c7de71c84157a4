import { assert, assertEquals, assertRejects } from "@std/assert";
import { Canvas, textLength } from "./canvas.ts";
import { glyph } from "./bitmap_font.ts";
import { crc, encodePng } from "./png.ts";
import { pngPicture } from "./png_picture.ts";
import { padGrid } from "./token_grid.ts";

/** Decodes the output of encodePng: checks the chunks' CRCs, returns the pixels' colours. */
async function decode(bytes: Uint8Array) {
  assertEquals([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const chunks = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const name = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    assertEquals(view.getUint32(at + 8 + length), crc(bytes.subarray(at + 4, at + 8 + length)), name);
    chunks.set(name, bytes.slice(at + 8, at + 8 + length));
    at += 12 + length;
  }
  assertEquals([...chunks.keys()], ["IHDR", "PLTE", "IDAT", "IEND"]);
  const header = new DataView(chunks.get("IHDR")!.buffer);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const stream = new Blob([chunks.get("IDAT")!]).stream().pipeThrough(new DecompressionStream("deflate"));
  const rows = new Uint8Array(await new Response(stream).arrayBuffer());
  assertEquals(rows.length, height * (width + 1));
  const palette = chunks.get("PLTE")!;
  const color = (x: number, y: number) => {
    const index = rows[y * (width + 1) + 1 + x];
    return [...palette.subarray(index * 3, index * 3 + 3)].join();
  };
  return { width, height, color };
}

Deno.test("crc is that of the PNG specification", () => {
  assertEquals(crc(new TextEncoder().encode("123456789")), 0xcbf43926);
});

Deno.test("an image comes back as it was drawn", async () => {
  const canvas = new Canvas(7, 3);
  canvas.rectangle(1, 1, 2, 9, 1);
  canvas.rectangle(6, 0, 5, 1, 2);
  const { width, height, color } = await decode(await encodePng(canvas, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]));
  assertEquals([width, height], [7, 3]);
  assertEquals([color(0, 0), color(1, 1), color(2, 2), color(3, 1), color(6, 0)], [
    "1,2,3",
    "4,5,6",
    "4,5,6",
    "1,2,3",
    "7,8,9",
  ]);
});

Deno.test("letters: all of ASCII differ, others are a box; upright text is the same turned", () => {
  const shapes = Array.from({ length: 95 }, (_, i) => glyph(String.fromCharCode(32 + i)).join());
  assertEquals(new Set(shapes).size, 95);
  assertEquals(glyph("学"), glyph("\ufffd"));
  assertEquals(glyph("L"), [16, 16, 16, 16, 16, 16, 31, 0]);
  const [along, up] = [new Canvas(11, 8), new Canvas(8, 11)];
  along.text(0, 0, "Fg", 1);
  up.textUp(0, 10, "Fg", 1);
  for (let x = 0; x < 11; x++) {
    for (let y = 0; y < 8; y++) assertEquals(up.pixels[(10 - x) * 8 + y], along.pixels[y * 11 + x]);
  }
  assertEquals(textLength("Fg"), 11);
});

Deno.test("every cell of a picture has its colour", async () => {
  const grid = { tokens: ["a", "b"], present: [true, true] };
  const { width, height, color } = await decode(await pngPicture([padGrid(grid, 3, "p", "left")], "t"));
  const colors = new Map<string, number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) colors.set(color(x, y), (colors.get(color(x, y)) ?? 0) + 1);
  }
  const enlarged = 3 * 3;
  const cell = 13 * 13 * enlarged;
  const sample = 8 * 8 * enlarged;
  const kinds = ["46,160,67", "60,80,120", "230,230,235", "250,215,190"];
  assertEquals(kinds.map((kind) => (colors.get(kind)! - sample) / cell), [2, 1, 3, 3]);
});

Deno.test("many tokens get small cells, too many an error", async () => {
  const grid = (count: number) => ({
    tokens: Array<string>(count).fill("token"),
    present: Array<boolean>(count).fill(true),
  });
  const { width } = await decode(await pngPicture([grid(700)], "t"));
  assert(width > 1400 && width < 1500, String(width));
  await assertRejects(() => pngPicture([grid(12_000)], "t"), Error, "give fewer tokens");
});
