import { DataError, EnvironmentError } from "../../base/errors.ts";
import { LlamaConfig } from "../config/config.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";

const ADAPTER = '{"peft_type": "LORA", "base_model_name_or_path": "owner/base"}';

/** Files of a folder without config.json or weights, then words of the message. */
const FOLDERS: [Record<string, string>, ...string[]][] = [
  [
    { "adapter_config.json": ADAPTER, "adapter_model.safetensors": "" },
    "adapter_config.json",
    '"owner/base"',
  ],
  [{ "adapter_config.json": "[]" }, "adapter_config.json", "an adapter"],
  [{ "README.md": "", "model-q4_0.GGUF": "GGUF" }, "model-q4_0.GGUF", "GGUF is unsupported"],
  [{ "params.json": "{}", "consolidated.00.pth": "PK" }, "consolidated.00.pth", "Meta's own format"],
  [{ "pytorch_model-00001-of-00002.bin": "PK" }, "pytorch_model-00001-of-00002.bin", "pickle"],
];

for (const [files, ...words] of FOLDERS) {
  Deno.test(`a folder of another kind says what it is: ${Object.keys(files).join(", ")}`, async () => {
    await inFolder(files, async (folder) => {
      await refuses(() => LlamaConfig.fromPretrained(folder), DataError, ...words);
      await refuses(() => openCheckpoint(folder), DataError, ...words);
    });
  });
}

Deno.test("a folder without config.json, one with weights of another name", async () => {
  await inFolder({ "x.safetensors": "", "README.md": "" }, async (folder) => {
    await refuses(() => LlamaConfig.fromPretrained(folder), EnvironmentError, "config.json: no such file");
    await refuses(() => openCheckpoint(folder), EnvironmentError, "no weights", "there is x.safetensors");
  });
});
