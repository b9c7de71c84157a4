/** Every GPU of the machine, and the variables that make one of them the adapter of this process. */
import { EnvironmentError } from "../base/errors.ts";
import { type AdapterFacts, describeAdapters } from "./describe_adapters.ts";

/** One GPU behind one driver. */
export interface Card extends AdapterFacts {
  readonly backend: string;
  /** Of its PCI slot, `0000:41:00.0`, if known. */
  readonly address?: string;
  /** Variables to set before the first adapter is requested. */
  readonly environment: Readonly<Record<string, string>>;
  /** True if an equal card is behind the same driver: only Mesa's layer can then tell them apart. */
  readonly hasTwin: boolean;
}

/** Graphics APIs by system, in wgpu's order. The first with an adapter counts: others show the same cards again. */
const BACKENDS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["metal"],
  windows: ["vulkan", "dx12"],
  linux: ["vulkan", "gl"],
};
/** Folders of the loader's layers. */
const LAYERS = ["/etc/vulkan/implicit_layer.d", "/usr/share/vulkan/implicit_layer.d"];
const MESA_LAYER = "VkLayer_MESA_device_select.json";

/** Describes the adapters under some variables; tests replace it. */
export const source: { describe: (environment: Record<string, string>) => Promise<AdapterFacts[]> } = {
  describe: describeIn,
};

/** The device that this process opened, as it was named. */
let opened: string | undefined;
/** Its card, by the name that it was chosen by: afterwards the variables show no other. */
const chosen = new Map<number | string, Card>();

/** All cards, the default first. */
export async function cards(): Promise<Card[]> {
  const set = Deno.env.get("DENO_WEBGPU_BACKEND");
  for (const backend of set ? [set] : BACKENDS[Deno.build.os] ?? BACKENDS.linux) {
    const manifests = backend === "vulkan" ? namedDrivers() : [];
    const usual = await source.describe({ DENO_WEBGPU_BACKEND: backend });
    if (usual.length === 0) continue;
    const found: Card[] = [];
    for (const manifest of manifests) {
      const environment = { DENO_WEBGPU_BACKEND: backend, ...driverVariables(manifest) };
      for (const facts of await source.describe(environment)) {
        found.push(...slotsOf(facts, backend, environment));
      }
    }
    if (manifests.length === 0) {
      for (const facts of usual) found.push(...slotsOf(facts, backend, { DENO_WEBGPU_BACKEND: backend }));
    }
    const first = found.findIndex(({ key }) => key === usual[0].key);
    return first > 0 ? [found[first], ...found.toSpliced(first, 1)] : found;
  }
  return [];
}

/**
 * Makes a card, by its number in {@link cards} or its address, the one that adapters are requested from.
 * @throws EnvironmentError if it is not there, cannot be told from another, or this process has another one
 */
export async function chooseCard(device: number | string): Promise<Card> {
  const before = chosen.get(device);
  if (before) return before;
  const all = await cards();
  const card = typeof device === "number" ? all[device] : all.find(({ address }) => address === device);
  if (!card) {
    const addresses = all.flatMap(({ address }) => address ?? []).join(", ") || "no address";
    throw new EnvironmentError(
      typeof device === "number"
        ? `no GPU ${device}: WebGPU found ${all.length} (0 to ${all.length - 1})`
        : `no GPU at ${device}: found ${addresses}`,
    );
  }
  if (card.hasTwin && !hasLayer()) {
    throw new EnvironmentError(
      `GPU ${device} cannot be told from an equal card: Mesa's device selection is missing ` +
        "(Debian: mesa-vulkan-drivers); or let the process see one card only",
    );
  }
  keep(String(all.indexOf(card)));
  for (const [name, value] of Object.entries(card.environment)) Deno.env.set(name, value);
  chosen.set(device, card);
  return card;
}

/** Remembers the one device of this process: what chooses a card is read once. @throws EnvironmentError */
export function keep(device: string): void {
  if (opened !== undefined && opened !== device && Deno.build.os === "linux") {
    throw new EnvironmentError(`this process uses GPU ${opened}; GPU ${device} needs a process of its own`);
  }
  opened = device;
}

/** Drivers that the user named; among the system's own, equal adapters of two drivers are one card. */
function namedDrivers(): string[] {
  const named = Deno.env.get("VK_DRIVER_FILES") || Deno.env.get("VK_ICD_FILENAMES") || "";
  return Deno.build.os === "linux" ? named.split(":").filter((path) => path !== "") : [];
}

function filesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).filter((path) =>
      path.endsWith(".json")
    ).sort();
  } catch {
    return [];
  }
}

/** The newer name and the older one. */
function driverVariables(manifest: string): Record<string, string> {
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest };
}

/** A card for each PCI slot with a card of this kind; one without an address if none is known. */
export function slotsOf(
  facts: AdapterFacts,
  backend: string,
  environment: Card["environment"],
  pci = Deno.env.get("LLAMA_PCI_CARDS") ?? "",
): Card[] {
  const slots = pciCards(pci).filter(({ vendor, device }) =>
    vendor === facts.vendor && device === facts.device
  );
  if (slots.length === 0) return [{ ...facts, backend, environment, hasTwin: false }];
  return slots.map(({ address }) => ({
    ...{ ...facts, backend, address, hasTwin: slots.length > 1 },
    environment: slots.length === 1 ? environment : {
      ...environment,
      DRI_PRIME: `pci-${address.replaceAll(/[:.]/g, "_")}`,
      MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE: "1",
    },
  }));
}

/** Graphics cards that the launcher found, `0000:41:00.0=10de:2684 …`: Deno reads nothing under /sys. */
function pciCards(text: string): { address: string; vendor: string; device: string }[] {
  return text.split(" ").flatMap((card) => {
    const [, address, vendor, device] = /^([\da-f:.]+)=([\da-f]{4}):([\da-f]{4})$/.exec(card) ?? [];
    // WebGPU gives the numbers in decimal.
    return address ? [{ address, vendor: `${parseInt(vendor, 16)}`, device: `${parseInt(device, 16)}` }] : [];
  });
}

function hasLayer(): boolean {
  return LAYERS.some((folder) => filesIn(folder).some((path) => path.endsWith(`/${MESA_LAYER}`)));
}

/** The adapters under these variables: a worker has its own instance of WebGPU, which reads them anew. */
async function describeIn(environment: Record<string, string>): Promise<AdapterFacts[]> {
  const before = Object.keys(environment).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  const code = `self.postMessage(await (${describeAdapters})())`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new EnvironmentError(`no GPU: ${event.message}`));
      };
    });
  } finally {
    worker.terminate();
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}
