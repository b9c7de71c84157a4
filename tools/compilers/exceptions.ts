/** Rows that exceed a limit, with what the listing shows. The list shrinks as kernels are rewritten. */
import type { Exception } from "./limits.ts";

export const EXCEPTIONS: readonly Exception[] = [];
