/** `llama devices` on simulated machines. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FAKE_ADAPTERS, withAdapter } from "../../../tests/support/adapters.ts";
import { runMain } from "../../../tests/support/cli.ts";

Deno.test("devices: what an adapter is, and what of it the kernels can use", async () => {
  const said: Record<string, string> = {};
  for (const name of ["nvidia", "intel", "apple", "warp", "the least there may be"]) {
    const { code, stdout } = await withAdapter(FAKE_ADAPTERS[name], () => runMain(["devices"]));
    assertEquals(code, 0);
    const [title, binding, features] = stdout.split("\n");
    said[name] = [
      title.replace(/^0 +(.*), the default$/, "$1"),
      binding.replace(/.*largest binding /, ""),
      features.replace(/^ +features: /, ""),
    ].join("; ");
  }
  assertEquals(said, {
    nvidia: "NVIDIA GeForce RTX 3060 (discrete); 2.1 GB; shader-f16, timestamp-query, subgroups of 32",
    intel:
      "Intel(R) UHD Graphics 620 (KBL GT2) (integrated); 1.1 GB; shader-f16, timestamp-query, subgroups of 8 to 32, not used",
    apple: "Apple M1 (integrated); 4.3 GB; shader-f16, timestamp-query, subgroups of 4 to 64, not used",
    warp: "Microsoft Basic Render Driver (cpu); 2.1 GB; timestamp-query, subgroups of 4",
    "the least there may be": "unnamed adapter (unknown); 134.2 MB; no subgroups",
  });
});

Deno.test("devices: no adapter ends with 4 and says what gives one", async () => {
  const { code, stderr } = await withAdapter(undefined, () => runMain(["devices"]));
  assertEquals(code, 4);
  assertStringIncludes(stderr, "no GPU: WebGPU found no adapter; ");
});
