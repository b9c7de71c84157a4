import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { pullModel } from "./pull.ts";
import {
  contents,
  cutAfter,
  etagOf,
  failure,
  FakeHub,
  someBytes,
  withCache,
} from "../../tests/support/hub.ts";

const WEIGHTS = "model.safetensors";
const BYTES = someBytes(100_000);
const ETAG = etagOf(WEIGHTS, BYTES);
const CONFIG = new TextEncoder().encode('{"a": "some text"}');
const CONFIG_ETAG = etagOf("config.json", CONFIG);
const newHub = () => new FakeHub({ "config.json": CONFIG, [WEIGHTS]: BYTES });
const blobOf = (cache: string, etag = ETAG) => join(cache, "models--owner--name", "blobs", etag);

async function pulled(hub: FakeHub): Promise<Uint8Array> {
  return await Deno.readFile(join(await pullModel("owner/name", { settings: hub.settings() }), WEIGHTS));
}

for (const at of [0, 1, 4096, 99_999]) {
  Deno.test(`a connection cut at byte ${at} resumes there`, async () => {
    await using hub = newHub();
    let cuts = 3;
    hub.lie = ({ host, range }) => {
      if (host === "storage" && range === null && cuts-- > 0) return cutAfter(BYTES, at);
    };
    await withCache(async (cache) => {
      assertEquals(await pulled(hub), BYTES);
      const ranges = hub.downloads(WEIGHTS).filter(({ host }) => host === "storage").map(({ range }) =>
        range
      );
      assertEquals(ranges, at === 0 ? [null, null, null, null] : [null, `bytes=${at}-`]);
      assertEquals(contents(cache).filter((path) => path.includes("incomplete")), []);
    });
  });
}

Deno.test("many cuts are survived while there is progress; without progress it ends with 4 and can be resumed", async () => {
  await using hub = newHub();
  hub.lie = ({ host, range }) => {
    const from = Number(range?.match(/\d+/)?.[0] ?? 0);
    if (host !== "storage" || from > 90_000) return;
    const headers = { "content-range": `bytes ${from}-99999/100000` };
    const { body } = cutAfter(BYTES.subarray(from), 10_000);
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  };
  await withCache(async () => assertEquals(await pulled(hub), BYTES));
  hub.seen.length = 0;
  hub.lie = ({ host }) => host === "storage" ? cutAfter(BYTES, 7) : undefined;
  await withCache(async (cache) => {
    const { message, exitCode } = await failure(pulled(hub));
    assertEquals(exitCode, 4);
    for (const words of ["owner/name/model.safetensors", "cut off after"]) {
      assertStringIncludes(message, words);
    }
    assertEquals(contents(cache).includes("refs/main"), false, "no name leads to half a model");
    assertEquals((await Deno.stat(blobOf(cache) + ".incomplete")).size, 7);
    assert(hub.downloads(WEIGHTS).length < 20);
    hub.lie = () => undefined;
    hub.seen.length = 0;
    assertEquals(await pulled(hub), BYTES);
    assertEquals(hub.downloads(WEIGHTS).at(-1)?.range, "bytes=7-");
  });
});

Deno.test("an ignored range, an impossible one and a longer leftover start again", async () => {
  await using hub = newHub();
  const lies: FakeHub["lie"][] = [
    ({ host }) => host === "storage" ? new Response(BYTES) : undefined,
    ({ host, range }) => host === "storage" && range ? new Response(null, { status: 416 }) : undefined,
    ({ host, range }) =>
      host === "storage" && range
        ? new Response(BYTES.slice(5), { status: 206, headers: { "content-range": "bytes 5-99999/100000" } })
        : undefined,
  ];
  for (const lie of lies) {
    hub.lie = lie;
    await withCache(async (cache) => {
      await Deno.mkdir(join(blobOf(cache), ".."), { recursive: true });
      await Deno.writeFile(blobOf(cache) + ".incomplete", BYTES.subarray(0, 1000));
      assertEquals(await pulled(hub), BYTES);
    });
  }
  hub.lie = () => undefined;
  await withCache(async (cache) => {
    await Deno.mkdir(join(blobOf(cache), ".."), { recursive: true });
    await Deno.writeFile(blobOf(cache) + ".incomplete", new Uint8Array(100_001));
    assertEquals(await pulled(hub), BYTES);
    // All bytes are there, but the file is not renamed yet.
    await Deno.rename(blobOf(cache), blobOf(cache) + ".incomplete");
    hub.seen.length = 0;
    assertEquals(await pulled(hub), BYTES);
    assertEquals(hub.downloads(WEIGHTS), []);
  });
});

Deno.test("a small file is resumed with If-Range, and starts again when it changed meanwhile", async () => {
  await using hub = newHub();
  await withCache(async (cache) => {
    await Deno.mkdir(join(blobOf(cache), ".."), { recursive: true });
    await Deno.writeFile(blobOf(cache, CONFIG_ETAG) + ".incomplete", CONFIG.subarray(0, 5));
    await pulled(hub);
    const [{ range, ifRange }] = hub.downloads("config.json");
    assertEquals([range, ifRange], ["bytes=5-", `"${CONFIG_ETAG}"`]);
    assertEquals(await Deno.readFile(blobOf(cache, CONFIG_ETAG)), CONFIG);
  });
  const changed = new TextEncoder().encode('{"b": 2}');
  hub.lie = ({ method, path }) => {
    if (method === "GET" && path.endsWith("config.json")) hub.files.set("config.json", changed);
    return undefined;
  };
  await withCache(async (cache) => {
    const folder = await pullModel("owner/name", { settings: hub.settings() });
    assertEquals(await Deno.readFile(join(folder, "config.json")), changed);
    assertEquals(await Deno.readFile(blobOf(cache, etagOf("config.json", changed))), changed);
  });
  let version = 0;
  hub.lie = ({ path }) => {
    if (path.endsWith("config.json")) hub.files.set("config.json", someBytes(9, version++));
    return undefined;
  };
  await withCache(async () =>
    assertStringIncludes((await failure(pulled(hub))).message, "changes all the time")
  );
});

Deno.test("a wrong sha256 is put aside, never linked, and ends with 4", async () => {
  await using hub = newHub();
  const wrong = someBytes(100_000, 2);
  hub.lie = ({ host }) => host === "storage" ? new Response(wrong) : undefined;
  await withCache(async (cache) => {
    const { message, exitCode } = await failure(pulled(hub));
    assertEquals(exitCode, 4);
    for (const words of [WEIGHTS, ETAG, etagOf(WEIGHTS, wrong), ".wrong"]) {
      assertStringIncludes(message, words);
    }
    const paths = contents(cache);
    assertEquals(paths.filter((path) => path.includes(ETAG)), [`blobs/${ETAG}.wrong`]);
    assertEquals(paths.filter((path) => path.includes(WEIGHTS) || path.startsWith("refs")), []);
    hub.lie = () => undefined;
    assertEquals(await pulled(hub), BYTES);
  });
});

Deno.test("more bytes than announced, a full disk and a stalled connection end with 4", async () => {
  await using hub = newHub();
  hub.lie = ({ host }) => host === "storage" ? new Response(new Uint8Array(100_001)) : undefined;
  await withCache(async () =>
    assertStringIncludes((await failure(pulled(hub))).message, "longer than the 100000")
  );
  hub.lie = () => undefined;
  if (Deno.build.os === "linux") {
    await withCache(async (cache) => {
      await Deno.mkdir(join(blobOf(cache), ".."), { recursive: true });
      await Deno.symlink("/dev/full", blobOf(cache) + ".incomplete");
      const { message, exitCode } = await failure(pulled(hub));
      assertEquals(exitCode, 4);
      // Without all permissions Deno does not write to devices; the pull must fail just as cleanly then.
      assert(/No space left|Requires all access/.test(message), message);
      assertEquals(contents(cache).filter((path) => path.includes(WEIGHTS)), []);
    });
  }
  const stalled = () => new Response(new ReadableStream({ start: (c) => c.enqueue(BYTES.slice(0, 10)) }));
  hub.lie = ({ host }) => host === "storage" ? stalled() : undefined;
  await withCache(async (cache) => {
    const settings = hub.settings({ timeoutMs: 50 });
    const { message } = await failure(pullModel("owner/name", { settings }));
    assertStringIncludes(message, "nothing arrived");
    assertEquals((await Deno.stat(blobOf(cache) + ".incomplete")).size, 10);
  });
});

Deno.test("an abort ends a pull and keeps the received bytes", async () => {
  await using hub = newHub();
  const stop = new AbortController();
  const stalled = () => new Response(new ReadableStream({ start: (c) => c.enqueue(BYTES.slice(0, 10)) }));
  hub.lie = ({ host }) => host === "storage" ? stalled() : undefined;
  await withCache(async (cache) => {
    const pull = pullModel("owner/name", {
      settings: hub.settings(),
      signal: stop.signal,
      onProgress: (done) => done >= 10 + CONFIG.length && stop.abort(new Error("enough")),
    });
    assertEquals(await pull.catch((error) => error.message), "enough");
    assertEquals((await Deno.stat(blobOf(cache) + ".incomplete")).size, 10);
  });
});
