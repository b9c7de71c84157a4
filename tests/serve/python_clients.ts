/** `deno task test:clients`: Python's clients, in a virtual environment under .cache, against a real server. */
import { join } from "@std/path";
import { ROOT } from "../support/contract.ts";
import { Server } from "../support/server.ts";

const FOLDER = join(ROOT, "tests/clients");
const VENV = join(ROOT, ".cache/clients");

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const { code } = await new Deno.Command(program, { args: [...args], env, cwd: ROOT }).spawn().status;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: exit status ${code}`);
}

/** A Python with the packages of requirements.txt: $PYTHON, if it is set, else one that is made here. */
async function python(): Promise<string> {
  const given = Deno.env.get("PYTHON");
  if (given) return given;
  await run("python3", ["-m", "venv", VENV]);
  const own = join(VENV, "bin/python");
  await run(own, ["-m", "pip", "install", "--quiet", "-r", join(FOLDER, "requirements.txt")]);
  return own;
}

const program = await python();
const server = await Server.start(["--api-key", "secret"]);
await run(program, [join(FOLDER, "clients.py")], { LLAMA_TEST_SERVER: server.url });
await server.end();
