/** Folders that transformers loads despite an oddity: the same answers, and a note with -v. */
import { join } from "@std/path";
import { openCheckpoint } from "../../src/checkpoint/safetensors/open_checkpoint.ts";
import { safetensorsFile } from "../support/checkpoint.ts";
import { ROOT, type Row, table } from "../support/contract.ts";

const MODEL = "testdata/default-model";
const RUN = "--greedy -n 8 --dtype float32 'The sun'";

/** The answer is that of the unchanged model; -v notes the oddity. */
function same(name: string, note: string): Row {
  const line =
    `llama run -m $T/${name} -v ${RUN} >$T/${name}.out 2>$T/${name}.err && cat $T/${name}.err && ` +
    `llama run -m ${MODEL} ${RUN} | cmp - $T/${name}.out`;
  return [line, { out: new RegExp(note) }];
}

table("folders with oddities", [
  same("f64", "model.safetensors: 38 F64 tensors are read as float32"),
  same(
    "config",
    "auto_map: the model's own code is not run(.|\\n)*initializer_range: .*Infinity; ignored(.|\\n)*" +
      'bos_token_id: a list is ignored(.|\\n)*dtype: "float64" is ignored',
  ),
  same("greedy", "generation_config.json: typical_p: .*0; ignored, as do_sample is false"),
  ["llama run -m $T/config --greedy -n 1 'The sun' 2>&1 >/dev/null", { out: "" }],
  ["llama run -m $T/greedy --do-sample -n 1 'The sun'", {
    code: 3,
    err: "generation_config.json: typical_p",
  }],
  ["llama run -m $T/greedy --do-sample --typical-p 0.9 --seed 1 -n 1 'The sun'", {}],
  ["llama inspect --tensors $T/f64", { out: /model\.embed_tokens\.weight +F64/ }],
  ["llama inspect -v $T/config 2>&1 >/dev/null", { out: /auto_map/ }],
  ["llama run -m $T/wrapped x", {
    code: 3,
    err:
      'tensor names have the prefix of a wrapper, "_orig_mod."; remove it: expected "model.embed_tokens.weight"',
  }],
], prepare);

async function prepare(folder: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(join(ROOT, MODEL, "config.json")));
  const generation = JSON.parse(await Deno.readTextFile(join(ROOT, MODEL, "generation_config.json")));
  const weights = await Deno.readFile(join(ROOT, MODEL, "model.safetensors"));
  const make = async (name: string, files: Record<string, object | Uint8Array>) => {
    const path = join(folder, name);
    await Deno.mkdir(path);
    await Deno.copyFile(join(ROOT, MODEL, "tokenizer.json"), join(path, "tokenizer.json"));
    const all = { "config.json": config, "model.safetensors": weights, ...files };
    for (const [file, content] of Object.entries(all)) {
      if (content instanceof Uint8Array) await Deno.writeFile(join(path, file), content);
      // JSON has no infinity; Python's writer does.
      else {
        await Deno.writeTextFile(join(path, file), JSON.stringify(content).replace('"@inf@"', "Infinity"));
      }
    }
  };
  await make("f64", { "model.safetensors": await wide("") });
  await make("wrapped", { "model.safetensors": await wide("_orig_mod.") });
  const odd = { dtype: "float64", auto_map: { AutoModel: "own.Model" }, bos_token_id: [1] };
  await make("config", { "config.json": { ...config, ...odd, initializer_range: "@inf@" } });
  await make("greedy", { "generation_config.json": { ...generation, do_sample: false, typical_p: 0 } });
}

/** The default model's weights as float64, under prefixed names. */
async function wide(prefix: string): Promise<Uint8Array> {
  const checkpoint = await openCheckpoint(join(ROOT, MODEL));
  const header: Record<string, unknown> = {};
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let end = 0;
  for (const tensor of checkpoint.tensors.values()) {
    const words = new Uint16Array(tensor.bytes / 2);
    await checkpoint.read(tensor, 0, new Uint8Array(words.buffer));
    const values = new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
    const piece = new Uint8Array(Float64Array.from(values).buffer);
    const data_offsets = [end, end += piece.length];
    header[prefix + tensor.name] = { dtype: "F64", shape: tensor.shape, data_offsets };
    pieces.push(piece);
  }
  checkpoint.close();
  return await new Blob([safetensorsFile(header), ...pieces] as BlobPart[]).bytes();
}
