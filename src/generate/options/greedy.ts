/** What one level, such as a flag, a record or a file, says of sampling. */
interface Says {
  readonly doSample?: boolean | null;
  readonly greedy?: boolean;
  readonly temperature?: number | null;
}

/** How a sequence is sampled. */
export interface Sampling {
  readonly doSample: boolean;
  /** Above 0. */
  readonly temperature: number;
}

/** True for a temperature of 0, which asks for the most probable token each time. */
export function isFrozen({ temperature }: Says): boolean {
  return temperature === 0;
}

/** The part of an object that is frozen. */
export function frozenPart(says: Says): { temperature?: 0 } {
  return isFrozen(says) ? { temperature: 0 } : {};
}

/** Options that may be frozen, with a temperature that changes no score in place of 0. */
export function thawed<Options extends object>(options: Options): Options {
  return isFrozen(options) ? { ...options, temperature: 1 } : options;
}

/** What one level says about sampling; undefined where it says nothing. */
export function saysSampling({ doSample, greedy }: Says): boolean | undefined {
  return greedy ? false : doSample ?? undefined;
}

/**
 * How one level contradicts itself: it asks to sample at a temperature of 0.
 * @param spelled an option's name as the level has it
 */
export function selfContradiction(
  { doSample, temperature }: Says,
  spelled: (name: string) => string,
): string | undefined {
  if (!doSample || temperature !== 0) return undefined;
  return `${spelled("doSample")} contradicts ${spelled("temperature")} 0, which means ${spelled("greedy")}`;
}

/** A record wins over flags, flags over defaults; only a record that asks to sample outdoes a temperature of 0. */
export function mergedSampling(record: Says, flags: Says, defaults: Sampling): Sampling {
  const wanted = saysSampling(record) ?? saysSampling(flags) ?? defaults.doSample;
  const temperature = record.temperature ?? flags.temperature ?? defaults.temperature;
  return {
    doSample: wanted && (temperature !== 0 || saysSampling(record) === true),
    temperature: [temperature, defaults.temperature].find((it) => it > 0) ?? 1,
  };
}
