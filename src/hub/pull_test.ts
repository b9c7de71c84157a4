import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { findOrPull, pullModel } from "./pull.ts";
import { COMMIT, contents, etagOf, failure, FakeHub, someBytes, withCache } from "../../tests/support/hub.ts";

const FILES = {
  "config.json": "{}",
  "tokenizer.json": '{"a": 1}',
  "tokenizer_config.json": "{ }",
  "chat_template.jinja": "{{ x }}",
  "model.safetensors": someBytes(5000),
};
const OTHERS = {
  "README.md": "# hello",
  "pytorch_model.bin": "PK",
  "model.gguf": "GGUF",
  "original/consolidated.00.pth": "PK",
  "original/tokenizer.model": "x",
  "consolidated.safetensors": "twice",
  "../config.json": "evil",
  "tokenizer/../../x": "evil",
};

/** The commits and refs of a hub, in huggingface_hub's layout. */
function layout(files: Record<string, string | Uint8Array>): string[] {
  const bytes = (content: string | Uint8Array) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  const etags = Object.entries(files).map(([name, content]) => [name, etagOf(name, bytes(content))]);
  return [
    ...etags.map(([, etag]) => `blobs/${etag}`),
    "refs/main",
    ...etags.map(([name, etag]) => `snapshots/${COMMIT}/${name} → ../../blobs/${etag}`),
  ].sort();
}

Deno.test("pull writes the cache's layout with the files that a model needs and no others", async () => {
  await using hub = new FakeHub({ ...FILES, ...OTHERS });
  await withCache(async (cache) => {
    const progress: [number, number][] = [];
    const folder = await pullModel("owner/name", {
      settings: hub.settings(),
      onProgress: (...step) => progress.push(step),
    });
    assertEquals(folder, join(cache, "models--owner--name", "snapshots", COMMIT));
    assertEquals(contents(cache), layout(FILES));
    assertEquals(await Deno.readTextFile(join(cache, "models--owner--name", "refs", "main")), COMMIT);
    assertEquals(await Deno.readFile(join(folder, "model.safetensors")), FILES["model.safetensors"]);
    const [done, total] = progress.at(-1)!;
    assertEquals([done, total], [5020, 5020]);
  });
});

Deno.test("a second pull fetches no file; findOrPull asks nobody; offline finds it too", async () => {
  await using hub = new FakeHub(FILES);
  await withCache(async () => {
    const folder = await pullModel("owner/name", { settings: hub.settings() });
    hub.seen.length = 0;
    assertEquals(await pullModel("owner/name", { settings: hub.settings() }), folder);
    assertEquals(hub.seen.map(({ path }) => path), ["/api/models/owner/name/revision/main"]);
    hub.seen.length = 0;
    assertEquals(await findOrPull("owner/name", { settings: hub.settings() }), folder);
    assertEquals(await pullModel("owner/name", { settings: hub.settings({ offline: true }) }), folder);
    assertEquals(hub.seen, []);
  });
});

Deno.test("offline without the model says both", async () => {
  await withCache(async (cache) => {
    const settings = { endpoint: "http://127.0.0.1:9", offline: true, timeoutMs: 1, retryMs: 1 };
    for (const pull of [pullModel, findOrPull]) {
      const { message, exitCode } = await failure(pull("owner/name", { settings }));
      assertEquals(exitCode, 4);
      for (const part of ["owner/name", "HF_HUB_OFFLINE", cache]) assertStringIncludes(message, part);
    }
  });
});

Deno.test("a tokenizer is pulled without weights, and the weights when they are needed", async () => {
  await using hub = new FakeHub(FILES);
  await withCache(async (cache) => {
    const settings = hub.settings();
    await findOrPull("owner/name", { settings, need: "tokenizer" });
    const { "model.safetensors": _, ...small } = FILES;
    assertEquals(contents(cache), layout(small));
    const told: unknown[] = [];
    await findOrPull("owner/name", { settings, onStart: (...start) => told.push(start) });
    assertEquals(told, [[5000, hub.endpoint]]);
    assertEquals(contents(cache), layout(FILES));
    assertEquals(hub.downloads("tokenizer.json").length, 1);
  });
});

Deno.test("a revision is a branch, a tag or a commit; its name becomes a ref", async () => {
  await using hub = new FakeHub({ "config.json": "{}", "model.safetensors": "x" });
  const asked: string[] = [];
  hub.lie = ({ path }) => {
    if (!path.startsWith("/api/")) return;
    asked.push(path);
    return Response.json({
      sha: COMMIT,
      siblings: [...hub.files.keys()].map((rfilename) => ({ rfilename })),
    });
  };
  await withCache(async (cache) => {
    for (const revision of ["refs/pr/1", COMMIT]) {
      await pullModel("owner/name", { revision, settings: hub.settings() });
    }
    assertEquals(asked, [
      "/api/models/owner/name/revision/refs%2Fpr%2F1",
      `/api/models/owner/name/revision/${COMMIT}`,
    ]);
    assertEquals(contents(cache).filter((path) => path.startsWith("refs")), ["refs/refs/pr/1"]);
    for (const revision of ["../x", "a//b", "/a", ""]) {
      const { message } = await failure(pullModel("owner/name", { revision, settings: hub.settings() }));
      assertStringIncludes(message, "expected a branch");
    }
  });
});

Deno.test("repositories without weights that this program reads say what they have", async () => {
  const rows: [Record<string, string>, string][] = [
    [{ "config.json": "{}", "pytorch_model.bin": "PK" }, "pytorch_model.bin"],
    [{ "config.json": "{}", "model.gguf": "GGUF" }, "model.gguf"],
    [{ "config.json": "{}" }, "got none"],
    [{ "model.safetensors": "x" }, "no config.json"],
  ];
  for (const [files, words] of rows) {
    await using hub = new FakeHub(files);
    await withCache(async (cache) => {
      const { message, exitCode } = await failure(pullModel("owner/name", { settings: hub.settings() }));
      assertEquals(exitCode, 3);
      assertStringIncludes(message, words);
      assertEquals([...Deno.readDirSync(cache)], []);
    });
  }
});

Deno.test("shards come side by side, at most four at once; two pulls at once do no harm", async () => {
  const shards = Array.from(
    { length: 8 },
    (_, i) => [`model-0000${i + 1}-of-00008.safetensors`, someBytes(3000, i)],
  );
  const map = Object.fromEntries(shards.map(([name], i) => [`t${i}`, name]));
  const files = {
    "config.json": "{}",
    "model.safetensors.index.json": JSON.stringify({ weight_map: map }),
    ...Object.fromEntries(shards),
  };
  await using hub = new FakeHub(files);
  let [now, most] = [0, 0];
  hub.lie = async ({ host }) => {
    if (host !== "storage") return;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    now--;
    return undefined;
  };
  await withCache(async (cache) => {
    await pullModel("owner/name", { settings: hub.settings() });
    assert(most > 1 && most <= 4, `${most} at once`);
    assertEquals(contents(cache), layout(files));
    const snapshot = join(cache, "models--owner--name", "snapshots", COMMIT);
    await Deno.remove(join(cache, "models--owner--name"), { recursive: true });
    hub.seen.length = 0;
    const pulls = [1, 2].map(() => pullModel("owner/name", { settings: hub.settings() }));
    assertEquals(await Promise.all(pulls), [snapshot, snapshot]);
    assertEquals(contents(cache), layout(files));
    assertEquals(hub.seen.filter(({ host }) => host === "storage").length, 8, "each shard is fetched once");
    // A missing shard makes the snapshot incomplete.
    await Deno.remove(await Deno.realPath(join(snapshot, shards[3][0] as string)));
    await findOrPull("owner/name", { settings: hub.settings() });
    assertEquals(contents(cache), layout(files));
  });
});

Deno.test("an answer that is not a list of files", async () => {
  await using hub = new FakeHub(FILES);
  const answers = ["<html>", "[]", "{}", '{"sha":"../x","siblings":[]}', '{"sha":"a","siblings":[{}]}'];
  for (const answer of answers) {
    hub.lie = () => new Response(answer);
    const { message, exitCode } = await failure(pullModel("owner/name", { settings: hub.settings() }));
    assertEquals(exitCode, 4);
    assertStringIncludes(message, "owner/name");
  }
});
