/** Two drivers with equal adapters, as on a machine with two equal GPUs: each is listed, and `--device` reaches it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
/** Where Debian keeps manifests of Vulkan drivers. */
const MANIFESTS = "/usr/share/vulkan/icd.d";

/** The path of the software driver's library, if it is installed. */
function softwareDriver(): string | undefined {
  try {
    const file = [...Deno.readDirSync(MANIFESTS)].find(({ name }) => name.startsWith("lvp_icd"));
    return file && JSON.parse(Deno.readTextFileSync(join(MANIFESTS, file.name))).ICD.library_path;
  } catch {
    return undefined;
  }
}

async function llama(args: readonly string[], env: Record<string, string>) {
  const output = await new Deno.Command(join(ROOT, "llama"), { args: [...args], env, stdin: "null" })
    .output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code: output.code, stdout, stderr };
}

const library = softwareDriver();

Deno.test({
  name: "devices: equal cards of two drivers are two, and --device reaches each",
  ignore: library === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const own = join(folder, "copy.so");
      await Deno.copyFile(library!.startsWith("/") ? library! : `/usr/lib/x86_64-linux-gnu/${library}`, own);
      const manifests = [library!, own].map((library_path, i) => {
        const path = join(folder, `${i}.json`);
        Deno.writeTextFileSync(
          path,
          JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path, api_version: "1.3.0" } }),
        );
        return path;
      });
      const env = { VK_ICD_FILENAMES: manifests.join(":"), LLAMA_PCI_CARDS: "0000:01:00.0=10de:2684" };
      const { code, stdout, stderr } = await llama(["devices", "--json"], env);
      assertEquals([code, stderr], [0, ""]);
      const list = JSON.parse(stdout);
      assertEquals(
        list.map((one: Record<string, unknown>) => [one.index, one.backend, one.default, one.address]),
        [[0, "vulkan", true, undefined], [1, "vulkan", false, undefined]],
      );
      assertEquals(list[0].description, list[1].description);
      const run = (device: string, variables = env) =>
        llama(["run", "--greedy", "-n", "4", "--device", device, "Rain"], variables);
      const texts = await Promise.all([run("0"), run("1")]);
      assertEquals(texts.map((one) => [one.code, one.stderr]), [[0, ""], [0, ""]]);
      assertEquals(texts[0].stdout, texts[1].stdout);
      const missing = await run("2");
      assertEquals(missing.code, 4);
      assertMatch(missing.stderr, /no GPU 2: WebGPU found 2 \(0 to 1\)/);
      assertMatch((await run("0000:02:00.0")).stderr, /no GPU at 0000:02:00\.0: found no address/);
      const wrong = await run("0000:02");
      assertEquals(wrong.code, 2);
      // The second driver's library is gone: the card is not replaced by the first in silence.
      await Deno.remove(own);
      assertEquals((await run("1")).code, 4);

      // Cards of one driver are told apart by their slots.
      const slots = { ...env, VK_ICD_FILENAMES: manifests[0], LLAMA_PCI_CARDS: "0000:01:00.0=10005:0000" };
      const [alone] = JSON.parse((await llama(["devices", "--json"], slots)).stdout);
      assert(alone.address === undefined, "a vendor of five digits is none of PCI's");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
