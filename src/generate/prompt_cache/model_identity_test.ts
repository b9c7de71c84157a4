import { assertEquals, assertNotEquals } from "@std/assert";
import { modelIdentity } from "./model_identity.ts";
import { goldenPath } from "../../../tests/support/generate.ts";

Deno.test("model identity: differs by config and by weight, not by folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const golden = goldenPath("generate");
    for (const name of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(`${golden}/${name}`, `${folder}/${name}`);
    }
    const identity = await modelIdentity(golden);
    assertEquals(identity.length, 64);
    assertEquals(await modelIdentity(folder), identity, "a copy");
    assertEquals(await modelIdentity(`${folder}/model.safetensors`), identity, "the file itself");
    // One bit in the middle of the last tensor; the header is unchanged.
    const bytes = await Deno.readFile(`${folder}/model.safetensors`);
    const header = JSON.parse(
      new TextDecoder().decode(bytes.subarray(8, 8 + new DataView(bytes.buffer).getUint32(0, true))),
    );
    const [, { data_offsets: [begin, end] }] = Object.entries<{ data_offsets: number[] }>(header).at(-1)!;
    const middle = bytes.length - end + Math.floor((begin + end) / 2);
    bytes[middle] ^= 1;
    await Deno.writeFile(`${folder}/model.safetensors`, bytes);
    assertNotEquals(await modelIdentity(folder), identity);
    bytes[middle] ^= 1;
    await Deno.writeFile(`${folder}/model.safetensors`, bytes);
    assertEquals(await modelIdentity(folder), identity);
    const config = await Deno.readTextFile(`${folder}/config.json`);
    await Deno.writeTextFile(
      `${folder}/config.json`,
      config.replace(/"rms_norm_eps": [^,]+/, '"rms_norm_eps": 0.5'),
    );
    assertNotEquals(await modelIdentity(folder), identity);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
