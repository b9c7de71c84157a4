import { noAdapter } from "../../gpu/adapters.ts";
import { cards } from "../../gpu/cards.ts";
import { isSoftware } from "../../gpu/traits.ts";

/** One adapter, named as in `llama devices --json`. */
export interface DeviceDescription {
  readonly index: number;
  readonly name: string;
  readonly vendor: string;
  readonly type: "discrete" | "integrated" | "cpu" | "unknown";
  readonly description: string;
  /** Graphics API: "vulkan", "metal", "dx12" or "gl". */
  readonly backend: string;
  /** Of its PCI slot, if known. */
  readonly address?: string;
  readonly features: string[];
  readonly limits: Record<string, number>;
  readonly default: boolean;
}

/** Every GPU, equal ones too; `index` and `address` are values for `--device`. @throws EnvironmentError if none */
export async function listDevices(): Promise<DeviceDescription[]> {
  const all = await cards();
  if (all.length === 0) noAdapter();
  return all.map((card, index) => ({
    index,
    name: card.description || card.device || card.vendor || "unnamed adapter",
    vendor: card.vendor,
    type: isSoftware(card) ? "cpu" : kindOf(card),
    description: card.description,
    features: card.features,
    limits: card.limits,
    default: index === 0,
    backend: card.backend,
    ...(card.address !== undefined && { address: card.address }),
  }));
}

/** WebGPU does not report the type; infers it from the names of common families. */
function kindOf(info: Pick<GPUAdapterInfo, "description" | "device">): DeviceDescription["type"] {
  const name = `${info.description} ${info.device}`;
  if (/nvidia|geforce|quadro|tesla|radeon (rx|pro|vii)|instinct|arc\(?tm\)? a/i.test(name)) return "discrete";
  if (/intel|iris|uhd|apple|radeon|adreno|mali/i.test(name)) return "integrated";
  return "unknown";
}
