import { basename, DELIMITER, dirname, fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/**
 * Environment in which `./llama` finds the Deno of this process, with its packages, for any HOME,
 * XDG_CACHE_HOME and PATH: a launcher under test must not download one.
 */
export async function ownDeno(): Promise<Record<string, string>> {
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout));
  return { PATH: [await folderOfDeno(), Deno.env.get("PATH")].join(DELIMITER), DENO_DIR: denoDir };
}

/** A folder in which the running Deno is called `deno`. The launcher's own copy has a version in its name. */
async function folderOfDeno(): Promise<string> {
  const deno = Deno.execPath();
  if (basename(deno) === "deno") return dirname(deno);
  const folder = join(ROOT, ".cache", "bin");
  await Deno.mkdir(folder, { recursive: true });
  const link = join(folder, `deno.${Deno.pid}`);
  await Deno.symlink(deno, link);
  await Deno.rename(link, join(folder, "deno")); // several processes may do so at once
  return folder;
}
