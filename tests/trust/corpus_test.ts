/**
 * Every bad input of the tables, through the whole program: exit code, one line that names the fault, time,
 * memory.
 */
import { CORPUS } from "./corpus.ts";

for (const { what, check } of CORPUS) Deno.test(`answered: ${what.slice(0, 120)}`, check);
