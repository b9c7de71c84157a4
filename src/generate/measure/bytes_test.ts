/** Minimum bytes read per token, counted on a device that runs nothing. */
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { Gpu, type GpuTraits } from "../../gpu/gpu.ts";
import { decoderOf, readAt, SEVEN_B } from "../../../tests/support/shapes.ts";

const MEGA = 1e6;
const HARDWARE: GpuTraits = { subgroupSize: 32, timestamps: false, software: false };
const layerParameters = 4 * 4096 * 4096 + 3 * 4096 * 11008;

for (const traits of [HARDWARE, { ...HARDWARE, subgroupSize: 8, software: true }]) {
  const where = traits.software ? "a software driver" : "a GPU";
  Deno.test(`bytes a token: 7B on ${where} reads each weight once, and little else`, async () => {
    const decoder = await decoderOf(Gpu.counting(traits), SEVEN_B);
    const { bytes, weights } = readAt(decoder, 129);
    // Each linear map, the head, and one row of the embedding.
    assertEquals(weights, 2 * (32 * layerParameters + 32000 * 4096 + 4096));
    assertLess(bytes / weights, 1.03);
    // One more position adds a key and a value per layer: in float16, or in float32 in the mirrors.
    assertEquals(readAt(decoder, 130).bytes - bytes, 32 * 2 * 4096 * (traits.software ? 4 : 2));
    assertLess(decoder.dispatches(1, 129), 7 * 32 + 6);
  });

  Deno.test(`bytes a token: 7B in 4 bits on ${where} reads 4 and a quarter`, async () => {
    const { bytes, weights } = readAt(await decoderOf(Gpu.counting(traits), SEVEN_B, 128), 1);
    const least = 32 * layerParameters * (4 + 32 / 128) / 8 + 2 * (32000 * 4096 + 4096);
    assertAlmostEquals(weights / MEGA, least / MEGA, 0.01 * least / MEGA);
    assertLess(bytes / least, 1.03);
  });
}
