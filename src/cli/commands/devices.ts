import { UsageError } from "../../base/errors.ts";
import { listDevices } from "../../generate/mod.ts";
import type { Call } from "../shared/call.ts";
import { toJson } from "../terminal/output.ts";
import { formatBytes } from "../shared/progress.ts";

/** `llama devices`: the adapters, a line or two each, or as JSON with all limits and features. */
export async function devices({ values, positionals, out }: Call): Promise<number> {
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}`);
  }
  const list = await listDevices();
  if (values.json) out.line(toJson(list));
  else {
    for (const device of list) {
      const { limits } = device;
      const buffer = Number(limits.maxStorageBufferBindingSize ?? 0);
      const features = device.features.filter((name) => /f16|timestamp/.test(name));
      out.line(`${device.index}  ${device.name} (${device.type})${device.default ? ", the default" : ""}`);
      const place = device.address ? `${device.backend}, ${device.address}` : device.backend;
      out.line(`   ${device.description || device.vendor}; ${place}; largest binding ${formatBytes(buffer)}`);
      const [least, most] = [limits.subgroupMinSize, limits.subgroupMaxSize];
      const subgroups = least === most
        ? `subgroups of ${most}`
        : `subgroups of ${least} to ${most}, not used`;
      out.line(`   features: ${[...features, most ? subgroups : "no subgroups"].join(", ")}`);
    }
  }
  return 0;
}
