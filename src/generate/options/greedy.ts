/** Sampling settings of one level: flags, a record, or a file. */
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

/** True for a temperature of 0, which selects greedy decoding. */
export function isFrozen({ temperature }: Says): boolean {
  return temperature === 0;
}

/** The `temperature: 0` of an object, if it has it. */
export function frozenPart(says: Says): { temperature?: 0 } {
  return isFrozen(says) ? { temperature: 0 } : {};
}

/** Replaces a temperature of 0 with one that changes no score. */
export function thawed<Options extends object>(options: Options): Options {
  return isFrozen(options) ? { ...options, temperature: 1 } : options;
}

/** True if a level samples, false if it decodes greedily; undefined if it sets neither. */
export function saysSampling({ doSample, greedy }: Says): boolean | undefined {
  return greedy ? false : doSample ?? undefined;
}

/** The sampling of a sequence as a client knows it: a temperature of 0 is greedy decoding. */
export function shownSampling(
  { doSample, temperature, topP }: Sampling & { readonly topP: number },
): { temperature: number; top_p: number } {
  return { temperature: doSample ? temperature : 0, top_p: topP };
}

/** A level in which a temperature above 0 is a wish to sample, as in OpenAI's API. */
export function drawnWhenWarm({ doSample, temperature }: Says): { doSample?: true } {
  return doSample === undefined && (temperature ?? 0) > 0 ? { doSample: true } : {};
}

/**
 * The self-contradiction of a level that sets both sampling and temperature 0, else undefined.
 * @param spelled maps an option's name to the level's spelling
 */
export function selfContradiction(
  { doSample, temperature }: Says,
  spelled: (name: string) => string,
): string | undefined {
  if (!doSample || temperature !== 0) return undefined;
  return `${spelled("doSample")} contradicts ${spelled("temperature")} 0, which means ${spelled("greedy")}`;
}

/**
 * A record wins over flags, flags over defaults; only a record that enables sampling overrides a temperature
 * of 0.
 */
export function mergedSampling(record: Says, flags: Says, defaults: Sampling): Sampling {
  const wanted = saysSampling(record) ?? saysSampling(flags) ?? defaults.doSample;
  const temperature = record.temperature ?? flags.temperature ?? defaults.temperature;
  return {
    doSample: wanted && (temperature !== 0 || saysSampling(record) === true),
    temperature: [temperature, defaults.temperature].find((it) => it > 0) ?? 1,
  };
}
