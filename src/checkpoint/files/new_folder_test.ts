import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { EnvironmentError, UsageError } from "../../base/errors.ts";
import { writeFolderAtomically } from "./new_folder.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

const fill = (folder: string) => Deno.writeTextFile(join(folder, "a"), "1");

Deno.test("a folder appears when it is filled, also under a new parent and in place of an empty one", async () => {
  await inFolder({}, async (root) => {
    await Deno.mkdir(join(root, "empty"));
    for (const path of ["new", "parent/new", "empty"]) {
      await writeFolderAtomically(join(root, path), async (folder) => {
        await fill(folder);
        assertEquals((await names(root)).includes("new"), path !== "new", "not there yet");
      });
      assertEquals(await names(join(root, path)), ["a"]);
    }
    assertEquals(await names(root), ["empty", "new", "parent"]);
  });
});

Deno.test("an existing target is refused before anything is created", async () => {
  await inFolder({ file: "x" }, async (root) => {
    await Deno.mkdir(join(root, "full"));
    await Deno.writeTextFile(join(root, "full", "keep"), "");
    const never = () => Promise.reject(new Error("filled"));
    await refuses(() => writeFolderAtomically(join(root, "full"), never), UsageError, "full", '"keep"');
    await refuses(() => writeFolderAtomically(join(root, "file"), never), UsageError, "file");
    await refuses(() => writeFolderAtomically(join(root, "file", "x"), never), EnvironmentError, "file");
    assertEquals(await names(root), ["file", "full"]);
  });
});

Deno.test("a failure and an abort leave nothing, and nothing of others is touched", async () => {
  await inFolder({}, async (root) => {
    const path = join(root, "new");
    const fail = async (folder: string) => {
      await fill(folder);
      throw new EnvironmentError("full");
    };
    await refuses(() => writeFolderAtomically(path, fail), EnvironmentError, "full");
    const controller = new AbortController();
    const abort = async (folder: string) => {
      await fill(folder);
      controller.abort();
      assertEquals(await names(root), [], "gone at once");
    };
    await assertRejects(() => writeFolderAtomically(path, abort, controller.signal), DOMException);
    await assertRejects(() => writeFolderAtomically(path, fill, AbortSignal.abort()), DOMException);
    const late = async (folder: string) => {
      await fill(folder);
      await Deno.mkdir(path);
      await fill(path);
    };
    await refuses(() => writeFolderAtomically(path, late), UsageError, '"a"');
    assertEquals(await names(root), ["new"]);
  });
});

Deno.test("leftovers of a killed call are removed by the next one, a folder still being filled is not", async () => {
  // Older versions of Deno cannot distinguish the two, and keep both.
  if (!("tryLock" in Deno.FsFile.prototype)) return;
  await inFolder({}, async (root) => {
    const path = join(root, "new");
    const left = join(root, ".new.unfinished-01234567");
    const others = [".new.unfinished-backup00", ".newer.unfinished-01234567"];
    for (const folder of [left, ...others.map((name) => join(root, name))]) {
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, ".lock"), "");
    }
    await writeFolderAtomically(path, async () => {
      assertEquals((await names(root)).filter((name) => !name.startsWith(".new.unfinished-")), [others[1]]);
      await refuses(
        () => writeFolderAtomically(path, () => Promise.reject(new EnvironmentError("second"))),
        EnvironmentError,
        "second",
      );
      assertEquals((await names(root)).length, 3, "the first call's folder is still there");
    });
    assertEquals(await names(root), [...others, "new"].sort());
  });
});

Deno.test("a folder without a lock is left alone for some seconds, then it was left behind", async () => {
  await inFolder({}, async (root) => {
    const [young, old] = ["01234567", "89abcdef"].map((id) => join(root, `.new.unfinished-${id}`));
    await Deno.mkdir(young);
    await Deno.mkdir(old);
    const minuteAgo = new Date(Date.now() - 60_000);
    await Deno.utime(old, minuteAgo, minuteAgo);
    await writeFolderAtomically(join(root, "new"), () => Promise.resolve());
    assertEquals(await names(root), [".new.unfinished-01234567", "new"]);
  });
});
