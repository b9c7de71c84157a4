/** A part of a call: the first one has its id and name. */
export interface CallDelta {
  /** Number of the call in its answer. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  /** Text to be appended to the arguments. */
  readonly arguments: string;
}

/** A call, or the part of it that has come. */
export interface WholeCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** Adds parts to the calls of an answer. */
export function addCalls(calls: WholeCall[], parts: readonly CallDelta[]): void {
  for (const { index, id, name, arguments: part } of parts) {
    if (id !== undefined && name !== undefined) calls.push({ id, name, arguments: part });
    else calls[index].arguments += part;
  }
}
