import type { Io } from "./io.ts";

/** True if stderr is a terminal that supports colours and NO_COLOR does not disable them. */
export function mayColour(io: Io): boolean {
  return io.errorIsTerminal && !io.env("NO_COLOR") && io.env("TERM") !== "dumb";
}
