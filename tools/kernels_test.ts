/**
 * Kernels for devices that this machine lacks: checks of their texts alone, and with tint if it is installed.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DEVICES, linkedKernels } from "./linked_kernels.ts";

const MOST_FLOAT = 3.4028234663852886e38;
const [PLAIN, NARROW] = ["hardware without subgroups of one size", "software, subgroups of 4"];
const plain = await linkedKernels([PLAIN]);

Deno.test("linkedKernels: each device gets what it can run, and no number that float32 does not hold", async () => {
  for (const [device, kernels] of [[PLAIN, plain], [NARROW, await linkedKernels([NARROW])]] as const) {
    assert(kernels.length > 100);
    for (const { label, code } of kernels) {
      const { software, subgroupSize } = DEVICES[device];
      assertEquals(!software && code.includes("texture_"), false, `${device}: ${label} reads textures`);
      assertEquals(
        subgroupSize === 0 && /\bsubgroup[A-Z]/.test(code),
        false,
        `${device}: ${label}: subgroups`,
      );
      for (const [number] of code.matchAll(/\b\d+\.\d+e[+-]?\d+/g)) {
        assert(Number(number) <= MOST_FLOAT, `${label}: ${number} is no float32`);
      }
    }
  }
});

Deno.test("deno task kernel prints one kernel, and names those that there are", async () => {
  const kernel = async (...args: string[]) => {
    const script = fromFileUrl(new URL("kernel.ts", import.meta.url));
    const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", script, ...args] });
    const { code, stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  };
  const whole = await kernel("qkv_proj", "--adapter", "software8");
  assertEquals([whole.code, whole.err], [0, ""]);
  assertMatch(whole.out, /^\/\/ layers\.0\.self_attn\.qkv_proj, for software8\n/);
  assertMatch(whole.out, /\nfn main\(/);
  const none = await kernel("nope");
  assertEquals([none.code, none.out], [2, ""]);
  assertMatch(none.err, /^no kernel is called nope: embed_tokens\n(.*\n)*sample\n$/);
  assertMatch((await kernel("sample", "--adapter", "hard")).err, /^--adapter: expected one of hardware0 /);
});

const tint = await new Deno.Command("tint", { args: ["--help"], stdout: "null", stderr: "null" }).output()
  .then(() => true, () => false);

// FXC, Deno's compiler for D3D12, rejects a barrier that some threads might not reach, as browsers do.
Deno.test(
  { name: "barriers are reached by all threads, by the letter of the language", ignore: !tint },
  async () => {
    const kernels = await linkedKernels(["hardware without subgroups of one size"]);
    const files = kernels.filter(({ label }) => /sample|weights|norm|self_attn$|o_proj$/.test(label)).slice(
      0,
      12,
    );
    assert(files.some(({ code }) => code.includes("workgroupUniformLoad(&wishes)")));
    const file = await Deno.makeTempFile({ suffix: ".wgsl" });
    try {
      for (const { label, code } of files) {
        await Deno.writeTextFile(file, code);
        const args = ["--format", "wgsl", "--output-name", `${file}.out`, file];
        const { success, stderr } = await new Deno.Command("tint", { args, stdout: "null" }).output();
        assert(success, `${label}: ${new TextDecoder().decode(stderr)}`);
      }
    } finally {
      await Deno.remove(file);
      await Deno.remove(`${file}.out`).catch(() => {});
    }
  },
);
