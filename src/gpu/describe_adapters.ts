/** Facts about an adapter that can be passed between threads. */
export interface AdapterFacts {
  readonly key: string;
  /** The request that returns it. */
  readonly wish: GPURequestAdapterOptions;
  readonly vendor: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
  readonly features: string[];
  readonly limits: Record<string, number>;
}

/**
 * The adapters that WebGPU returns for its power preferences, without duplicates; the default one first. Its
 * text also runs in a worker, so it uses nothing from outside.
 */
export async function describeAdapters(): Promise<AdapterFacts[]> {
  const found: AdapterFacts[] = [];
  const wishes: GPURequestAdapterOptions[] = [
    { powerPreference: "high-performance" },
    { powerPreference: "low-power" },
    { forceFallbackAdapter: true },
  ];
  for (const wish of wishes) {
    const adapter = await navigator.gpu?.requestAdapter(wish);
    if (!adapter) continue;
    const { info } = adapter;
    const { vendor, device, description, architecture } = info;
    const key = JSON.stringify([vendor, device, description, architecture]);
    if (found.some((one) => one.key === key)) continue;
    const limits: Record<string, number> = {};
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(adapter.limits))) {
      const value = (adapter.limits as unknown as Record<string, unknown>)[name];
      if (typeof value === "number" || typeof value === "bigint") limits[name] = Number(value);
    }
    limits.subgroupMinSize = info.subgroupMinSize;
    limits.subgroupMaxSize = info.subgroupMaxSize;
    const isFallbackAdapter = Boolean((info as { isFallbackAdapter?: boolean }).isFallbackAdapter);
    const features = [...adapter.features].sort();
    found.push({ ...{ key, wish, vendor, device, description, isFallbackAdapter }, features, limits });
  }
  return found;
}
