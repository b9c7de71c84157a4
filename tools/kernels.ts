/**
 * deno task check:kernels [--list] [--keep] [WORD…]: compiles every WGSL text that the program links, for all
 * known kinds of device, with the compilers of GPU drivers and browsers. Needs no GPU. Optional: it uses
 * those of naga (Deno's compiler; `cargo install naga-cli`), tint (the browsers' compiler, which is stricter)
 * and spirv-val that are on PATH, and names the missing ones. WORDs select kernels by label; --keep keeps the
 * compilers' output.
 */
import { linkedKernels } from "./linked_kernels.ts";

/** A compiler and its command line; `{in}` is the WGSL, `{out}` a file name without an extension. */
interface Check {
  readonly tool: string;
  readonly what: string;
  readonly args: readonly string[];
}

const CHECKS: readonly Check[] = [
  {
    tool: "naga",
    what: "SPIR-V (Vulkan), MSL 2.4 (Metal), HLSL 6.0 (D3D12)",
    args: [
      ...["--spirv-version", "1.3", "--metal-version", "2.4", "--shader-model", "60"],
      ...["{in}", "{out}.spv", "{out}.metal", "{out}.hlsl"],
    ],
  },
  { tool: "spirv-val", what: "that SPIR-V is valid", args: ["--target-env", "vulkan1.1", "{out}.spv"] },
  {
    tool: "naga",
    what: "MSL 3.0 (Metal), HLSL 5.1 (D3D12 as Deno asks for it)",
    args: ["--metal-version", "3.0", "--shader-model", "51", "{in}", "{out}.3.metal", "{out}.51.hlsl"],
  },
  {
    tool: "tint",
    what: "WGSL by the letter (browsers)",
    args: ["--format", "wgsl", "--output-name", "{out}.tint.wgsl", "{in}"],
  },
];

const words = Deno.args.filter((word) => !word.startsWith("--"));
const kernels = (await linkedKernels()).filter(({ label }) =>
  words.length === 0 || words.some((word) => label.includes(word))
);
const folder = await Deno.makeTempDir({ prefix: "llama-kernels-" });
const missing = new Set<string>();
const [passed, failed] = [new Map<string, number>(), new Map<string, number>()];
const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

for (const [i, { label, device, code }] of kernels.entries()) {
  if (Deno.args.includes("--list")) {
    print(`${String(i).padStart(4)}  ${device}: ${label}`);
    continue;
  }
  const file = `${folder}/${i}`;
  // naga accepts subgroups without the directive; the language, and so tint, requires it.
  const enabled = /\bsubgroup[A-Z]/.test(code) ? `enable subgroups;\n${code}` : code;
  await Deno.writeTextFile(`${file}.wgsl`, code);
  await Deno.writeTextFile(`${file}.enabled.wgsl`, enabled);
  for (const { tool, what, args } of CHECKS) {
    if (missing.has(tool)) continue;
    const input = tool === "tint" ? `${file}.enabled.wgsl` : `${file}.wgsl`;
    const problem = await run(tool, args.map((arg) => arg.replace("{in}", input).replace("{out}", file)));
    if (missing.has(tool)) continue;
    count(problem === undefined ? passed : failed, what);
    if (problem) print(`FAILED ${what}: ${device}: ${label} (${input})\n${problem}`);
  }
}
for (const tool of missing) print(`${tool}: not found on PATH, not asked`);
for (const { what } of CHECKS) {
  if (passed.has(what) || failed.has(what)) {
    print(`${what}: ${passed.get(what) ?? 0} passed, ${failed.get(what) ?? 0} failed`);
  }
}
if (failed.size === 0 && !Deno.args.includes("--keep")) await Deno.remove(folder, { recursive: true });
Deno.exit(failed.size === 0 && missing.size < new Set(CHECKS.map(({ tool }) => tool)).size ? 0 : 1);

/** A compiler's error about a kernel; undefined if it accepts it. */
async function run(tool: string, args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(tool, { args }).output();
    if (success) return undefined;
    const text = new TextDecoder().decode(stderr.length > 0 ? stderr : stdout);
    return text.trim().split("\n").slice(0, 12).join("\n") || "it ended without a word";
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    missing.add(tool);
    return undefined;
  }
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
