import { assert } from "@std/assert";
import { existsSync } from "node:fs";
import { fromFileUrl, join } from "@std/path";
import { zipOf } from "./zip.ts";

const PROJECT = fromFileUrl(new URL("../../", import.meta.url));
const TOOLS = "cat chmod cmp cp env grep gzip id mkdir mktemp mv readlink rm sed sh sleep true uname";
const DENO_DIR = JSON.parse(await output(Deno.execPath(), ["info", "--json"])).denoDir as string;

/** Replaces main.ts; prints its arguments, pid and XDG_RUNTIME_DIR. */
const MAIN = `
if (Deno.args[0] === "exit") Deno.exit(Number(Deno.args[1]));
console.log(JSON.stringify({ args: Deno.args, pid: Deno.pid, runtime: Deno.env.get("XDG_RUNTIME_DIR") }));
if (Deno.args[0] === "cat") await Deno.stdin.readable.pipeTo(Deno.stdout.writable);
if (Deno.args[0] === "wait") await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

/** A fake deno that reports another version and otherwise runs the real one. */
export function fakeDeno(version = "2.9.6"): string {
  return `#!/bin/sh\n[ "$1" = --version ] && echo "deno ${version} (stable)" && exit\nexec '${Deno.execPath()}' "$@"\n`;
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args }).output();
  return new TextDecoder().decode(stdout);
}

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A machine with its own PATH, HOME and copy of the launcher. */
export class Machine {
  private constructor(readonly root: string) {}

  static async create(): Promise<Machine> {
    const machine = new Machine(await Deno.makeTempDir({ prefix: "llama launcher " }));
    for (const folder of ["bin", "home", "project", "project/scripts", "drivers", "tmp"]) {
      await Deno.mkdir(machine.at(folder));
    }
    for (const file of ["llama", "scripts/permissions.sh", "deno.json", "deno.lock"]) {
      await Deno.copyFile(join(PROJECT, file), machine.at("project", file));
    }
    // Hides the folders of this machine's drivers from the launcher.
    const script = await Deno.readTextFile(join(PROJECT, "scripts/deno.sh"));
    const changed = script.replace(/^driver_folders=.*$/m, `driver_folders=../drivers`);
    assert(changed !== script);
    await Deno.writeTextFile(machine.at("project/scripts/deno.sh"), changed);
    await Deno.writeTextFile(machine.at("project/main.ts"), MAIN);
    await Deno.writeTextFile(machine.at("fake-deno"), fakeDeno());
    await Deno.writeFile(machine.at("fake.zip"), await zipOf("deno", new TextEncoder().encode(fakeDeno())));
    for (const tool of TOOLS.split(" ")) await machine.link(tool);
    return machine;
  }

  at(...path: string[]): string {
    return join(this.root, ...path);
  }

  async link(tool: string): Promise<void> {
    const paths = Deno.env.get("PATH")!.split(":").map((folder) => join(folder, tool));
    const path = paths.find((path) => existsSync(path));
    assert(path !== undefined, `this test needs ${tool}`);
    // A version manager's python3 is a script that needs more of PATH than the simulated machine has.
    const program = tool === "python3"
      ? (await output(path, ["-c", "import sys; print(sys.executable)"])).trim()
      : path;
    await Deno.symlink(program, this.at("bin", tool));
  }

  /** Adds a program to PATH that records its arguments in NAME.calls and then runs `body`. */
  async add(name: string, body: string): Promise<void> {
    await Deno.remove(this.at("bin", name)).catch(() => {});
    const script = body.startsWith("#!")
      ? body
      : `#!/bin/sh\necho "$*" >>'${this.at(name + ".calls")}'\n${body}\n`;
    await Deno.writeTextFile(this.at("bin", name), script, { mode: 0o755 });
  }

  async calls(name: string): Promise<string[]> {
    const text = await Deno.readTextFile(this.at(name + ".calls")).catch(() => "");
    return text.split("\n").slice(0, -1);
  }

  command(
    args: string[],
    options: { stdin?: "piped"; env?: Record<string, string>; launcher?: string; cwd?: string } = {},
  ): Deno.Command {
    return new Deno.Command(options.launcher ?? this.at("project/llama"), {
      args,
      cwd: options.cwd ?? this.at("project"),
      clearEnv: true,
      env: {
        PATH: this.at("bin"),
        HOME: this.at("home"),
        TMPDIR: this.at("tmp"),
        DENO_DIR,
        FAKE_DENO: this.at("fake-deno"),
        FAKE_ZIP: this.at("fake.zip"),
        ...options.env,
      },
      stdin: options.stdin ?? "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  async start(...parameters: Parameters<Machine["command"]>): Promise<Result> {
    const { code, stdout, stderr } = await this.command(...parameters).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  }

  /** Names of the files in the cache, sorted. */
  cached(folder = this.at("home/.cache/llama")): string[] {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
