import { adapters } from "../../gpu/adapters.ts";
import { isSoftware } from "../../gpu/traits.ts";

/** One adapter, named as in `llama devices --json`. */
export interface DeviceDescription {
  readonly index: number;
  readonly name: string;
  readonly vendor: string;
  readonly type: "discrete" | "integrated" | "cpu" | "unknown";
  readonly description: string;
  readonly features: string[];
  readonly limits: Record<string, number>;
  readonly default: boolean;
}

/** Every WebGPU adapter; `index` is the value for `--device`. */
export async function listDevices(): Promise<DeviceDescription[]> {
  return (await adapters()).map((adapter, index) => {
    const { info } = adapter;
    return {
      index,
      name: info.description || info.device || info.vendor || "unnamed adapter",
      vendor: info.vendor,
      type: isSoftware(info) ? "cpu" : kindOf(info),
      description: info.description,
      features: [...adapter.features].sort(),
      limits: {
        ...numbersOf(adapter.limits),
        subgroupMinSize: info.subgroupMinSize,
        subgroupMaxSize: info.subgroupMaxSize,
      },
      default: index === 0,
    };
  });
}

/** WebGPU does not report the type; infers it from the names of common families. */
function kindOf(info: GPUAdapterInfo): DeviceDescription["type"] {
  const name = `${info.description} ${info.device}`;
  if (/nvidia|geforce|quadro|tesla|radeon (rx|pro|vii)|instinct|arc\(?tm\)? a/i.test(name)) return "discrete";
  if (/intel|iris|uhd|apple|radeon|adreno|mali/i.test(name)) return "integrated";
  return "unknown";
}

function numbersOf(limits: GPUSupportedLimits): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(limits))) {
    const value = (limits as unknown as Record<string, unknown>)[name];
    if (typeof value === "number" || typeof value === "bigint") numbers[name] = Number(value);
  }
  return numbers;
}
