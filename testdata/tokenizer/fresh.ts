/**
 * Compares both tokenizers with transformers on random strings, 20,000 at a time:
 *
 *     deno task tokenizers:fresh [COUNT [SEED]]
 *
 * Needs a Python (`$PYTHON`, else python3) with transformers 4.57.6, sentencepiece and protobuf. Exit status 1 if an
 * answer differs; prints the strings.
 */
import { join } from "@std/path";
import { differences, readGolden } from "./golden.ts";
import { gunzip, llama2Json, llama2Model, llama3Json } from "./vocabularies.ts";

const AT_ONCE = 20_000;
const [count = 200_000, seed = Date.now() % 2 ** 31] = Deno.args.map(Number);
const here = new URL(".", import.meta.url).pathname;
const folder = await Deno.makeTempDir();
try {
  const folders = {
    llama2: { ...llama2Model(), ...llama2Json() },
    llama3: llama3Json(),
    unigram: { "tokenizer.model": await gunzip("unigram.model.gz") },
  };
  for (const [name, files] of Object.entries(folders)) {
    await Deno.mkdir(join(folder, name));
    for (const [file, bytes] of Object.entries(files)) await Deno.writeFile(join(folder, name, file), bytes);
  }
  let [done, wrong] = [0, 0];
  for (let round = 0; done < count; round++) {
    const size = Math.min(AT_ONCE, count - done);
    const file = join(folder, "golden.json.gz");
    const args = [join(here, "make_golden.py"), folder, file, "--count", String(size), "--seed"];
    const python = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
      args: [...args, String(seed + round)],
      stdout: "null",
    });
    if ((await python.output()).code !== 0) Deno.exit(1);
    const golden = await readGolden(new URL(file, "file:///").href);
    for await (const difference of differences(golden)) {
      wrong++;
      console.error(difference);
    }
    done += golden.texts.length;
    console.error(`${done} strings from seed ${seed}, ${wrong} answers differ`);
  }
  if (wrong > 0) Deno.exitCode = 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
