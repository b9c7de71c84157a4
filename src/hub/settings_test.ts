import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { hubSettings } from "./settings.ts";
import { failure } from "../../tests/support/hub.ts";

const read = (variables: Record<string, string>) => hubSettings((name) => variables[name]);

Deno.test("the endpoint is HF_ENDPOINT without its last slash, else the well-known one", async () => {
  assertEquals((await read({ HF_ENDPOINT: "http://127.0.0.1:1/hub/" })).endpoint, "http://127.0.0.1:1/hub");
  assertEquals(new URL((await read({})).endpoint).protocol, "https:");
  for (const HF_ENDPOINT of ["hub", "ftp://127.0.0.1", "file:///x"]) {
    const { message, exitCode } = await failure(read({ HF_ENDPOINT }));
    assertEquals(exitCode, 4);
    assertStringIncludes(message, "HF_ENDPOINT");
  }
});

Deno.test("offline and the timeout", async () => {
  for (const value of ["1", "true", "YES", "on"]) {
    assertEquals((await read({ HF_HUB_OFFLINE: value })).offline, true);
  }
  for (const value of ["0", "", "no"]) assertEquals((await read({ HF_HUB_OFFLINE: value })).offline, false);
  assertEquals((await read({ TRANSFORMERS_OFFLINE: "1" })).offline, true);
  assertEquals((await read({ HF_HUB_DOWNLOAD_TIMEOUT: "2.5" })).timeoutMs, 2500);
  assertEquals((await read({ HF_HUB_DOWNLOAD_TIMEOUT: "x" })).timeoutMs, 30_000);
});

Deno.test("the token: HF_TOKEN, else the file of HF_TOKEN_PATH, else that of HF_HOME", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "token"), "from_home\n");
    await Deno.writeTextFile(join(folder, "other"), "from_path");
    await Deno.writeTextFile(join(folder, "bad"), "two words");
    await Deno.mkdir(join(folder, "huggingface"));
    await Deno.writeTextFile(join(folder, "huggingface", "token"), "from_xdg");
    const path = join(folder, "other");
    const rows: [Record<string, string>, string | undefined][] = [
      [{ HF_TOKEN: " given ", HF_TOKEN_PATH: path, HF_HOME: folder }, "given"],
      [{ HF_TOKEN_PATH: path, HF_HOME: folder }, "from_path"],
      [{ HF_HOME: folder, XDG_CACHE_HOME: folder }, "from_home"],
      [{ XDG_CACHE_HOME: folder }, "from_xdg"],
      [{ HOME: folder }, undefined],
      [{ HF_TOKEN: "given", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }, undefined],
    ];
    for (const [variables, token] of rows) assertEquals((await read(variables)).token, token);
    const { message } = await failure(read({ HF_TOKEN_PATH: join(folder, "bad") }));
    assertEquals(message.includes("two words"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
