import { UsageError } from "../errors.ts";
import { listDevices } from "../generate/mod.ts";
import type { Call } from "./call.ts";
import { toJson } from "./output.ts";
import { formatBytes } from "./progress.ts";

/** `llama devices`: the adapters, a line or two each, or as JSON with all limits and features. */
export async function devices({ values, positionals, out }: Call): Promise<number> {
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}`);
  }
  const list = await listDevices();
  if (values.json) out.line(toJson(list));
  else {
    for (const device of list) {
      const buffer = Number(device.limits.maxStorageBufferBindingSize ?? 0);
      const features = device.features.filter((name) => /f16|subgroup|timestamp/.test(name));
      out.line(`${device.index}  ${device.name} (${device.type})${device.default ? ", the default" : ""}`);
      out.line(`   ${device.description || device.vendor}; largest binding ${formatBytes(buffer)}`);
      out.line(`   features: ${features.join(", ") || "none of f16, subgroups, timestamps"}`);
    }
  }
  return 0;
}
