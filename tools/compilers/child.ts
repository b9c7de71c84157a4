/**
 * Runs in a simulated driver's environment: compiles texts and prints a line of JSON for each. Arguments: the
 * shim's output file, then patterns that match a kernel's name, or files of WGSL.
 */
import { Gpu } from "../../src/gpu/gpu.ts";
import { kernelTexts } from "./texts.ts";

const [out, ...words] = Deno.args;
const gpu = await Gpu.open();
if (gpu.traits.software) throw new Error(`${gpu.info.description} is a software driver`);
for (const { name, code } of await textsOf()) {
  await Deno.writeTextFile(out, "");
  gpu.pipeline(name, code);
  await gpu.check();
  const rows = Number(/^const ROWS = (\d+)u;/m.exec(code)?.[1] ?? 0);
  console.log(JSON.stringify({ name, rows, pipeline: await Deno.readTextFile(out) }));
}
gpu.dispose();

async function textsOf() {
  const files = words.filter((word) => word.endsWith(".wgsl"));
  if (files.length > 0) return files.map((name) => ({ name, code: Deno.readTextFileSync(name) }));
  const texts = await kernelTexts(gpu.traits);
  return texts.filter(({ name }) => words.every((word) => new RegExp(word).test(name)));
}
