/**
 * The whole program on the path of real GPUs, through AMD's driver without a GPU (tools/compilers/shim.c): it compiles
 * the kernels, accepts all work and does none of it, and all memory that is read back is zero.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { buildShim, type Driver, driverOf, Missing } from "../../tools/compilers/drivers.ts";
import { type Ending, ending } from "../support/child.ts";

const MAIN = fromFileUrl(new URL("../../main.ts", import.meta.url));
const NAME = "Null hardware (RADV NAVI21)";
const folder = await Deno.makeTempDir({ prefix: "llama-null-" });
const driver = await found();

async function found(): Promise<Driver | undefined> {
  try {
    return await driverOf("navi21", await buildShim(folder));
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped the null device: ${error.message}`);
  }
}

function llama(args: readonly string[], input = ""): Promise<Ending> {
  const [program, ...first] = driver!.deno;
  return ending(
    new Deno.Command(program, {
      args: [...first, "run", "--quiet", "--no-check", "--allow-all", MAIN, ...args],
      // Tunings are written; glibc fills new memory with the complement of the byte.
      env: { ...driver!.env, XDG_CACHE_HOME: join(folder, "cache"), MALLOC_PERTURB_: "255" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
    input,
  );
}

Deno.test(
  { name: "a GPU that computes nothing: every command ends as it should", ignore: !driver },
  async (t) => {
    await t.step("devices: the GPU is the default, before the software driver", async () => {
      const { code, stdout, stderr } = await llama(["devices"]);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout.split("\n")[0].startsWith(`0  ${NAME}`), true, stdout);
    });
    await t.step("run: one prompt, the best tokens", async () => {
      const { code, stderr } = await llama(["run", "--greedy", "-n", "8", "Rain"]);
      assertEquals([code, stderr], [0, ""]);
    });
    await t.step("run: eight sequences in 4 bits, tokens drawn", async () => {
      const records = Array.from({ length: 8 }, (_, i) => JSON.stringify({ prompt: `Rain ${i}`, seed: i }))
        .join("\n");
      const { code, stdout, stderr } = await llama(
        ["run", "--jsonl", "--json", "--quantize", "int4", "-n", "8", "--top-k", "50", "--top-p", "0.9"],
        records,
      );
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout.trim().split("\n").length, 8);
    });
    await t.step("bench", async () => {
      const { code, stdout, stderr } = await llama(["bench", "-p", "16", "-n", "8"]);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /on Null hardware \(RADV NAVI21\)\n/);
    });
    await t.step("chat: a conversation from a pipe", async () => {
      const { code, stderr } = await llama(["chat", "-n", "8"], "Hello\nAnd now?\n");
      assertEquals([code, stderr], [0, ""]);
    });
    await t.step("--device of a GPU that is not there", async () => {
      const { code, stdout, stderr } = await llama(["run", "--device", "7", "Rain"]);
      assertEquals([code, stdout], [4, ""]);
      assertMatch(stderr, /^llama: no GPU 7: .*\n$/);
    });
  },
);

addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
