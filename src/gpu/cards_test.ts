/** The GPUs of a machine, and what chooses one. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EnvironmentError } from "../base/errors.ts";
import { cards, keep, slotsOf } from "./cards.ts";

const FACTS = {
  ...{ key: "k", wish: {}, vendor: "4318", device: "9860", description: "RTX", isFallbackAdapter: false },
  ...{ features: [], limits: {} },
};
const PCI = "0000:01:00.0=10de:2684 0000:41:00.0=10de:2684 0000:81:00.0=1002:744c";

Deno.test("cards: each slot with such a card is one; Mesa's layer is asked for the slot if there are several", () => {
  const [first, second, ...others] = slotsOf(FACTS, "vulkan", { A: "b" }, PCI);
  assertEquals(others, []);
  assertEquals([first.address, second.address], ["0000:01:00.0", "0000:41:00.0"]);
  assertEquals(second.environment, {
    A: "b",
    DRI_PRIME: "pci-0000_41_00_0",
    MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE: "1",
  });
  assertEquals(second.hasTwin, true);
  const [radeon] = slotsOf({ ...FACTS, vendor: "4098", device: "29772" }, "vulkan", { A: "b" }, PCI);
  assertEquals([radeon.address, radeon.environment, radeon.hasTwin], ["0000:81:00.0", { A: "b" }, false]);
  const [unknown] = slotsOf({ ...FACTS, device: "1" }, "vulkan", {}, `${PCI} broken 1=2:3`);
  assertEquals([unknown.address, unknown.hasTwin], [undefined, false]);
});

Deno.test("cards: one here, with its backend; a process keeps its card", async () => {
  const [card] = await cards();
  assertEquals([card.backend, typeof card.limits.maxBufferSize], ["vulkan", "number"]);
  const { adapterOf } = await import("./adapters.ts");
  await assertRejects(() => adapterOf(99), EnvironmentError, "no GPU 99: WebGPU found");
  keep("0");
  assertThrows(
    () => keep("1"),
    EnvironmentError,
    "this process uses GPU 0; GPU 1 needs a process of its own",
  );
});
