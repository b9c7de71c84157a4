import { clock } from "../../base/clock.ts";
import type { Io } from "../terminal/io.ts";
import type { OptionValues } from "../options/options.ts";

/** A load shorter than this shows no bar, except with `--progress always`. */
const PATIENCE_MS = 500;
const WIDTH = 24;

/** A one-line progress bar on stderr; drawn if `--progress` and the terminal allow it. */
export class ProgressBar {
  readonly #io: Io;
  readonly #shown: boolean;
  readonly #from: number;
  readonly #verb: string;
  #drawn = "";

  constructor(
    io: Io,
    { progress = "auto", quiet }: OptionValues,
    start: number = clock.now(),
    verb = "loading",
  ) {
    this.#io = io;
    this.#shown = progress === "always" || progress === "auto" && io.errorIsTerminal && !quiet;
    this.#from = progress === "always" ? start : start + PATIENCE_MS;
    this.#verb = verb;
  }

  /** Draws the progress in bytes, if a redraw is due. */
  update(done: number, total: number, now: number = clock.now()): void {
    if (!this.#shown || total <= 0 || now < this.#from) return;
    const filled = Math.round(WIDTH * Math.min(1, done / total));
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const text = `${this.#verb} ${bar} ${formatBytes(done)} of ${formatBytes(total)}`;
    if (text === this.#drawn) return;
    this.#io.writeError("\r" + text.padEnd(this.#drawn.length));
    this.#drawn = text;
  }

  /** Removes the bar from the screen. */
  clear(): void {
    if (this.#drawn) this.#io.writeError("\r" + " ".repeat(this.#drawn.length) + "\r");
    this.#drawn = "";
  }
}

/** Formats a number of bytes: `1.5 GB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (bytes >= 999.95 && unit < units.length - 1) [bytes, unit] = [bytes / 1000, unit + 1];
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}
