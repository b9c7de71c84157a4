import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { defaultModelFolder, locateModel } from "./locate.ts";
import { isHubId } from "./hub_folder.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";

const NAMES = ["LLAMA_MODEL", "HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"];

/** Runs with exactly these variables set, then restores the old values. */
async function withVariables(variables: Record<string, string>, test: () => Promise<void>): Promise<void> {
  const before = NAMES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of NAMES) Deno.env.delete(name);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await test();
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
}

Deno.test("locateModel takes folders and safetensors files as they are", async () => {
  await inFolder({ "a.safetensors": "", "b.bin": "PK\x03\x04" }, async (folder) => {
    assertEquals(await locateModel(folder), folder);
    assertEquals(await locateModel(join(folder, "a.safetensors")), join(folder, "a.safetensors"));
    await refuses(() => locateModel(join(folder, "b.bin")), DataError, "b.bin", "zip archive");
    await refuses(() => locateModel(join(folder, "c")), EnvironmentError, "c", "no such folder");
    await refuses(() => locateModel(join(folder, "b.bin", "c")), EnvironmentError, "no such folder");
    await refuses(() => locateModel("a\0b"), EnvironmentError, "no such folder");
    await refuses(() => locateModel(""), EnvironmentError, "empty");
    await refuses(() => locateModel("/dev/null"), DataError, "/dev/null", "device");
  });
});

Deno.test("locateModel without a name: $LLAMA_MODEL, else the default model", async () => {
  await inFolder({}, async (folder) => {
    await withVariables({ LLAMA_MODEL: folder }, async () => assertEquals(await locateModel(), folder));
    await withVariables({}, async () => {
      assertEquals(defaultModelFolder().endsWith(join("testdata", "default-model")), true);
      assertEquals(
        (await locateModel().catch((error) => error.message)).includes(defaultModelFolder()),
        true,
      );
    });
  });
});

Deno.test("locateModel looks hub ids up in the cache of the first variable that is set", async () => {
  await inFolder({}, async (root) => {
    const caches = { HF_HUB_CACHE: "one", HF_HOME: "two/hub", XDG_CACHE_HOME: "three/huggingface/hub" };
    const roots = { HF_HUB_CACHE: "one", HF_HOME: "two", XDG_CACHE_HOME: "three" };
    for (const cache of Object.values(caches)) {
      const model = join(root, cache, "models--own.er--na-me");
      await Deno.mkdir(join(model, "refs"), { recursive: true });
      await Deno.mkdir(join(model, "snapshots", "0a1b"), { recursive: true });
      await Deno.writeTextFile(join(model, "refs", "main"), "0a1b\n");
    }
    const names = ["HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"] as const;
    for (const [i, name] of names.entries()) {
      const variables = Object.fromEntries(names.slice(i).map((key) => [key, join(root, roots[key])]));
      await withVariables(variables, async () => {
        const folder = join(root, caches[name], "models--own.er--na-me", "snapshots", "0a1b");
        assertEquals(await locateModel("own.er/na-me"), folder);
        await refuses(
          () => locateModel("owner/other"),
          EnvironmentError,
          "owner/other",
          join(root, caches[name]),
        );
      });
    }
    await withVariables({ HF_HUB_CACHE: join(root, "one") }, async () => {
      const main = join(root, "one", "models--own.er--na-me", "refs", "main");
      await Deno.writeTextFile(main, "../../../etc");
      await refuses(() => locateModel("own.er/na-me"), EnvironmentError, "own.er/na-me");
    });
  });
});

Deno.test("isHubId", () => {
  for (const id of ["a/b", "meta-llama/Llama-3.2-1B"]) assertEquals(isHubId(id), true);
  for (const id of ["a", "./b", "../b", "a/b/c", "/a", "a/..", "a/b--c", "a/b.safetensors"]) {
    assertEquals(isHubId(id), false);
  }
});
