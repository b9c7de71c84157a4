import type { Io } from "./io.ts";

/** Whether stderr may carry colours: a terminal that knows them, and nobody asked for none (NO_COLOR). */
export function mayColour(io: Io): boolean {
  return io.errorIsTerminal && !io.env("NO_COLOR") && io.env("TERM") !== "dumb";
}
