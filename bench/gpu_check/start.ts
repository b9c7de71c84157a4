/**
 * A part of `scripts/gpu_check.sh`: seconds from the start of `llama run` with the default model to its first
 * byte, as a JSON line.
 *
 *     deno run -A bench/gpu_check/start.ts NAME
 */
const launcher = new URL("../../llama", import.meta.url).pathname;
const began = performance.now();
const child = new Deno.Command(launcher, {
  args: ["run", "--greedy", "-n", "16", "Once upon a time"],
  stdin: "null",
  stdout: "piped",
}).spawn();
const reader = child.stdout.getReader();
const { value } = await reader.read();
const seconds = (performance.now() - began) / 1e3;
while (!(await reader.read()).done);
const { code } = await child.status;
if (code !== 0 || !value?.length) {
  console.error(`llama run: exit code ${code}, ${value?.length ?? 0} bytes`);
  Deno.exit(1);
}
console.log(JSON.stringify({ kind: "start", cache: Deno.args[0], seconds }));
