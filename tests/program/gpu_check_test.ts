/** scripts/gpu_check.sh: on this machine's driver, and with a `deno` that hangs, fails and finds no GPU. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { linesOf, readLines } from "../../bench/gpu_check/figures.ts";
import { type Ending, ending } from "../support/child.ts";
import { ownDeno } from "../support/own_deno.ts";

const SCRIPT = fromFileUrl(new URL("../../scripts/gpu_check.sh", import.meta.url));
const own = await ownDeno();

function check(args: readonly string[], env: Record<string, string> = {}): Promise<Ending> {
  const command = new Deno.Command("sh", {
    args: [SCRIPT, ...args],
    env: { ...own, ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  return ending(command.spawn());
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llama-gpu-check-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A `deno` that does as the arguments' words say, and is the true one for the summary. */
async function pretended(folder: string, cases: string): Promise<Record<string, string>> {
  const real = own.PATH.split(":")[0];
  await Deno.mkdir(join(folder, "bin"));
  await Deno.writeTextFile(
    join(folder, "bin", "deno"),
    `#!/bin/sh\ncase "$*" in\n--version) echo "deno 99.0.0" ;;\ninstall*) ;;\n*table.ts*) exec "${real}/deno" "$@" ;;\n${cases}\nesac\n`,
    { mode: 0o755 },
  );
  return { PATH: `${join(folder, "bin")}:${own.PATH}`, XDG_CACHE_HOME: folder };
}

Deno.test("gpu_check --short measures everything on a software driver", () =>
  inFolder(async (folder) => {
    const { code, stdout, stderr } = await check(["--short", folder]);
    assertEquals(code, 0, stderr);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), [
      "log.txt",
      "results.json",
      "table.md",
    ]);
    assertStringIncludes(stdout, await Deno.readTextFile(join(folder, "table.md")));
    const { lines, goals } = JSON.parse(await Deno.readTextFile(join(folder, "results.json")));
    assertEquals(goals.length, 9);
    assert(linesOf(lines, "run").every(({ result }) => result === "ok"));
    // 2 weights × 2 lengths × 1 and 8 sequences × greedy and drawn.
    const decode = linesOf(lines, "decode");
    assertEquals(decode.length, 16);
    for (const { ms, predicted_ms, gb_per_second } of decode) {
      assert(ms > 0 && predicted_ms! > 0 && gb_per_second > 0);
    }
    assertEquals(linesOf(lines, "prompt").length, 2);
    const kernels = linesOf(lines, "step kernel").filter(({ weights, reach }) =>
      weights === "int4" && reach === 512
    );
    for (
      const name of [
        "qkv_proj",
        "attention",
        "o_proj",
        "gate_up_proj",
        "down_proj",
        "lm_head",
        "scores",
        "sample",
      ]
    ) {
      const one = kernels.find(({ kernel }) => kernel === name);
      assert(one && one.ms > 0 && one.predicted_ms! > 0 && one.trips > 0, name);
    }
    assertEquals(linesOf(lines, "start").map(({ cache }) => cache), ["empty", "filled"]);
  }));

Deno.test("gpu_check: a step that hangs or fails costs only itself, and the exit code says so", () =>
  inFolder(async (folder) => {
    const env = await pretended(
      folder,
      `*"measure.ts small float16"*) printf '{"kind":"start","cache":"kept","seconds":1}\\n{"kind":"st'; sleep 60 ;;
*"measure.ts small int4"*) echo "broken" >&2; exit 7 ;;`,
    );
    const out = join(folder, "out");
    const { code, stdout, stderr } = await check(["--short", "--limit", "2", out], env);
    assertEquals(code, 1, stderr);
    assertMatch(stderr, /^broken$/m);
    assertMatch(stdout, /\| small-float16 \| stopped after 2 s \|/);
    assertMatch(stdout, /\| small-int4 \| failed, exit code 7 \|/);
    assertMatch(stdout, /\| start-filled \| ok \|/);
    assertMatch(stdout, /\| kept \| 1.00 \|/);
    assertStringIncludes(await Deno.readTextFile(join(out, "log.txt")), "broken");
  }));

Deno.test("gpu_check without a GPU ends at once, with a summary", () =>
  inFolder(async (folder) => {
    const env = await pretended(
      folder,
      `*main.ts\\ doctor*) echo "no GPU adapter" >&2; exit 4 ;;\n*) exit 7 ;;`,
    );
    const { code, stdout, stderr } = await check(["--short"], { ...env, OUT: join(folder, "out") });
    assertEquals(code, 4, stderr);
    assertMatch(stdout, /^# No device answered$/m);
    assertMatch(stdout, /\| doctor \| failed, exit code 4 \|/);
    assert(!stdout.includes("small-"));
  }));

Deno.test("gpu_check refuses wrong arguments in one line and the usage", async () => {
  for (const args of [["--shorter"], ["--memory"], ["--memory", "much"], ["--limit", "0"], ["a", "b"]]) {
    const { code, stdout, stderr } = await check(args);
    assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 2], args.join(" "));
    assertStringIncludes(stderr, "usage: scripts/gpu_check.sh");
  }
});

Deno.test("what a stopped step printed counts up to its last whole line", () => {
  const text = '{"kind":"start","cache":"a","seconds":2}\nwords\n{"no":"kind"}\n{"kind":"sta';
  assertEquals(readLines(text), [{ kind: "start", cache: "a", seconds: 2 }]);
});
