/**
 * `llama quantize` through the real launcher; src/checkpoint/int4/int4_quantize.ts has its own tests for the
 * output.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { PROGRAM, ROOT, type Row, shell, table } from "../../../tests/support/contract.ts";

const MODEL = "testdata/default-model";
const usage = (line: string, err: string): Row => [line, { code: 2, err }];
const data = (line: string, err: string): Row => [line, { code: 3, err }];
const environment = (line: string, err: string): Row => [line, { code: 4, err }];

/** Fills `$T`: model folders that are each broken in one way, and an intact one. */
async function prepare(folder: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}${MODEL}/config.json`));
  const model = async (name: string, change: Record<string, unknown> = {}) => {
    await Deno.mkdir(join(folder, name));
    await Deno.writeTextFile(join(folder, name, "config.json"), JSON.stringify({ ...config, ...change }));
    await Deno.copyFile(`${ROOT}${MODEL}/model.safetensors`, join(folder, name, "model.safetensors"));
  };
  await model("whole");
  await model("done", { quantization_config: { quant_method: "gptq", bits: 4 } });
  await model("cut");
  await Deno.truncate(join(folder, "cut", "model.safetensors"), 1_000_000);
  await model("missing");
  await Deno.remove(join(folder, "missing", "model.safetensors"));
  await model("shards");
  await Deno.remove(join(folder, "shards", "model.safetensors"));
  const index = { weight_map: { "model.norm.weight": "model-00001-of-00002.safetensors" } };
  await Deno.writeTextFile(join(folder, "shards", "model.safetensors.index.json"), JSON.stringify(index));
  await model("device");
  await Deno.remove(join(folder, "device", "model.safetensors"));
  await Deno.symlink("/dev/zero", join(folder, "device", "model.safetensors"));
  await Deno.mkdir(join(folder, "full"));
  await Deno.writeTextFile(join(folder, "full", "keep"), "");
}

table("quantize: exit codes", [
  usage("llama quantize", "expected two arguments, IN and OUT, got none"),
  usage(`llama quantize ${MODEL}`, "got 1"),
  usage(`llama quantize ${MODEL} "$T/x" y`, "got 3"),
  usage(`llama quantize ${MODEL} ''`, "got 1"),
  usage(`llama quantize "$T/whole" "$T/whole"`, "IN and OUT are the same"),
  usage(`llama quantize "$T/whole" "$T/full/../whole/"`, "IN and OUT are the same"),
  usage(`llama quantize "$T/whole/model.safetensors" "$T/whole"`, "whole: the folder holds "),
  usage(`llama quantize "$T/whole" "$T/whole/model.safetensors"`, "there is a file of that name"),
  usage(`llama quantize ${MODEL} "$T/full"`, 'full: the folder holds "keep"'),
  usage(`llama quantize ${MODEL} "$T/x" --group-size 48`, "expected one of 32, 64, 128, 256"),
  usage(`llama quantize ${MODEL} "$T/x" --greedy`, "unknown option --greedy"),
  data(`llama quantize "$T/done" "$T/x"`, 'quantized already ("gptq")'),
  data(`llama quantize "$T/cut" "$T/x"`, "model.safetensors: 1000000 bytes long"),
  data(`llama quantize "$T/shards" "$T/x"`, "1 of 1 shards are missing: model-00001-of-00002.safetensors"),
  data(`llama quantize "$T/device" "$T/x"`, "expected a file, got a device"),
  environment(`llama quantize "$T/missing" "$T/x"`, "no weights there"),
  environment(`llama quantize "$T/nothing" "$T/x"`, "nothing"),
  environment(`HF_HUB_OFFLINE=1 HF_HUB_CACHE="$T/hub" llama quantize owner/name "$T/x"`, "owner/name"),
  environment(`llama quantize ${MODEL} /dev/null/x`, "/dev/null"),
  // A file size limit of about 2 MB simulates a disk of that size.
  environment(`(trap '' XFSZ; ulimit -f 2000; llama quantize ${MODEL} "$T/x")`, "model.safetensors: "),
], prepare);

/** Fills `$T/hub` as Python's libraries fill their cache: a snapshot of links. */
async function cache(folder: string): Promise<void> {
  const model = join(folder, "hub", "models--owner--name");
  await Deno.mkdir(join(model, "snapshots", "abc"), { recursive: true });
  await Deno.mkdir(join(model, "refs"));
  await Deno.writeTextFile(join(model, "refs", "main"), "abc");
  for (const name of ["config.json", "model.safetensors", "tokenizer.json"]) {
    await Deno.symlink(`${ROOT}${MODEL}/${name}`, join(model, "snapshots", "abc", name));
  }
}

table("quantize: what is written, and that a failure writes nothing", [
  [
    `HF_HUB_OFFLINE=1 HF_HUB_CACHE="$T/hub" llama quantize owner/name "$T/h" -q; ls "$T/h"; find "$T/h" -type l`,
    {
      out: "config.json\nmodel.safetensors\ntokenizer.json\n",
    },
  ],
  [`llama quantize ${MODEL} "$T/a/x" --group-size 64 && ls -A "$T/a"`, { out: "x\n" }],
  [`llama quantize ${MODEL} "$T/b" -v && ls -A "$T/b" | grep -c .`, {
    out: "8\n",
    err:
      /^llama: 24 of 28 linear weights stay as they are: 128 does not [^\n]+\nllama: 4 linear weights in 4 bits, /,
  }],
  [`llama quantize ${MODEL} "$T/c" -q && llama quantize "$T/c" "$T/d"`, {
    code: 3,
    err: 'already ("tinygemm")',
  }],
  [
    `mkdir "$T/e"; (trap '' XFSZ; ulimit -f 2000; llama quantize ${MODEL} "$T/e/x") 2>/dev/null || ls -A "$T/e" | wc -l`,
    { out: "0\n" },
  ],
], cache);

/** A model with one matrix of 512 MB in a sparse file. */
async function largeModel(folder: string): Promise<string> {
  const model = join(folder, "large");
  await Deno.mkdir(model);
  await Deno.copyFile(`${ROOT}${MODEL}/config.json`, join(model, "config.json"));
  const size = 16384 * 16384 * 2;
  const name = "model.layers.0.mlp.up_proj.weight";
  const header = JSON.stringify({
    [name]: { dtype: "BF16", shape: [16384, 16384], data_offsets: [0, size] },
  });
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  await Deno.writeFile(join(model, "model.safetensors"), bytes);
  await Deno.truncate(join(model, "model.safetensors"), bytes.length + size);
  return model;
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function locked(outputs: string): Promise<boolean> {
  const [hidden] = await names(outputs);
  return hidden !== undefined && (await names(join(outputs, hidden))).includes(".lock");
}

Deno.test("a signal leaves nothing, a kill only a hidden folder, which the next call removes", async () => {
  const root = await Deno.makeTempDir({ prefix: "llama-quantize-" });
  try {
    const model = await largeModel(root);
    const outputs = join(root, "outputs");
    await Deno.mkdir(outputs);
    for (const [signal, code, left] of [["SIGTERM", 143, 0], ["SIGKILL", 137, 1]] as const) {
      const args = ["quantize", model, join(outputs, "x")];
      const child = new Deno.Command(PROGRAM, { args, stdin: "null", stdout: "null", stderr: "null" })
        .spawn();
      // Its lock exists: without it, a folder is left alone for some seconds.
      while (!await locked(outputs)) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill(signal);
      assertEquals((await child.status).code, code);
      const found = await names(outputs);
      assertEquals(found.length, left, `${signal}: ${found}`);
      for (const name of found) assertMatch(name, /^\.x\.unfinished-[0-9a-f]{8}$/);
    }
    const { code, err } = await shell(`llama quantize ${MODEL} "${join(outputs, "x")}" --group-size 64`);
    assertEquals([code, err], [0, ""]);
    if ("tryLock" in Deno.FsFile.prototype) assertEquals(await names(outputs), ["x"]);
    assertEquals((await names(join(outputs, "x"))).length, 8);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
