/**
 * Tests of ./llama on simulated machines: PATH holds a few tools and fakes of npm, pip, curl and apt-get that
 * record their calls. `deno task test:launcher` adds the real npm and pip, which download Deno.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fakeDeno, Machine } from "../support/machine.ts";

const FAKE_NPM = (before = "") =>
  `${before}\nmkdir -p node_modules/@deno/any && cp "$FAKE_DENO" node_modules/@deno/any/deno`;
const FAKE_PIP = 'case $* in *--version) exit 0 ;; esac\nmkdir -p pip/bin && cp "$FAKE_DENO" pip/bin/deno';
const FAKE_CURL = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done\ncp "$FAKE_ZIP" "$out"';

Deno.test("arguments, folder, exit code and process reach the program as they are", async () => {
  await using machine = await Machine.create();
  await machine.add("deno", fakeDeno());
  const args = ["tokenize", "", "two words", "$HOME * \\", "new\nline", "--", "-x"];
  const first = await machine.start(args);
  assertEquals(JSON.parse(first.out).args, args);
  assertEquals(JSON.parse(first.out).runtime, machine.at("home/.cache/llama/runtime"));
  assertEquals([first.err, first.code], ["", 0]);
  assertEquals((await machine.start(["exit", "141"])).code, 141);

  const child = machine.command(["wait"]).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertEquals(JSON.parse(new TextDecoder().decode(value)).pid, child.pid, "the launcher became the program");
  child.kill("SIGTERM");
  assertEquals((await child.status).signal, "SIGTERM");
  await reader.cancel();
  await child.stderr.cancel();
});

Deno.test("it is found through links, from other folders, through PATH and sh", async () => {
  await using machine = await Machine.create();
  await machine.add("deno", fakeDeno());
  await Deno.symlink("../project/llama", machine.at("bin/llama"));
  await Deno.symlink("bin/llama", machine.at("link"));
  const env = { PATH: machine.at("bin") };
  for (
    const [launcher, args, cwd] of [
      [machine.at("link"), [], "/"],
      [machine.at("bin/env"), ["llama"], "/"],
      [machine.at("bin/sh"), ["llama"], machine.at("project")],
      [machine.at("bin/sh"), ["./link"], machine.root],
      ["./llama", [], machine.at("project")],
    ] as const
  ) {
    const { out, err } = await machine.start([...args, "x"], { launcher, cwd, env });
    assert(err === "" && out.includes('["x"]'), `${launcher} ${args} in ${cwd}: ${err}`);
  }
});

Deno.test("an older deno on PATH is passed over, a newer one is used", async () => {
  await using machine = await Machine.create();
  for (const version of ["2.9.6", "2.9.10", "2.10.0", "3.0.0", "2.10.0-rc.1+abc"]) {
    await machine.add("deno", fakeDeno(version));
    assertEquals((await machine.start(["exit", "7"])).code, 7, version);
  }
  for (const version of ["2.9.5", "2.8.9", "1.46.3", "", "x.y.z"]) {
    await machine.add("deno", fakeDeno(version));
    const { code, err } = await machine.start(["exit", "7"]);
    assertEquals(code, 4, version);
    assertMatch(err, /^llama: deno 2\.9\.6 is needed .*\n$/);
  }
});

for (
  const [way, tool, body] of [["npm", "npm", FAKE_NPM()], ["pip", "python3", FAKE_PIP], [
    "curl",
    "curl",
    FAKE_CURL,
  ]]
) {
  Deno.test(`with only ${way}: installs once, says so on stderr, then is silent`, async () => {
    await using machine = await Machine.create();
    await machine.add(tool, body);
    const first = await machine.start(["tokenize"]);
    assertEquals(first.code, 0, first.err);
    assertMatch(first.err, new RegExp(`^llama: installing deno 2\\.9\\.6 with ${way} into .*\\n$`));
    assertEquals(machine.cached(), ["deno-2.9.6", "packages.lock", "runtime"]);
    const calls = await machine.calls(tool);
    assertStringIncludes(calls.join("\n"), "2.9.6");
    const second = await machine.start(["tokenize"]);
    assertEquals([second.code, second.err], [0, ""]);
    assertEquals(await machine.calls(tool), calls, `${tool} is not asked again`);
  });
}

Deno.test("one way fails, the next is tried; all fail: exit 4, and nothing is left behind", async () => {
  await using machine = await Machine.create();
  const half = "mkdir -p node_modules/@deno/any && echo half >node_modules/@deno/any/deno";
  await machine.add("npm", half);
  await machine.add(
    "python3",
    "case $* in *--version) exit 0 ;; esac\necho 'ERROR: disk is full' >&2; exit 1",
  );
  await machine.add("curl", "exit 22");
  const failed = await machine.start(["tokenize"]);
  assertEquals([failed.code, failed.out], [4, ""]);
  assertStringIncludes(failed.err, "llama: pip failed: ERROR: disk is full\n");
  assertMatch(failed.err, /llama: deno 2\.9\.6 is needed and could not be installed; .*\n$/);
  assertEquals(machine.cached(), ["runtime"]);
  await machine.add("curl", FAKE_CURL);
  assertEquals((await machine.start(["exit", "7"])).code, 7);
});

Deno.test("starts at once do not disturb each other", async () => {
  await using machine = await Machine.create();
  await machine.add("npm", FAKE_NPM("sleep 0.3"));
  const results = await Promise.all([1, 2, 3].map((n) => machine.start(["exit", `${n}`])));
  assertEquals(results.map((result) => result.code), [1, 2, 3]);
  assertEquals(machine.cached(), ["deno-2.9.6", "packages.lock", "runtime"]);
});

Deno.test("without a usable HOME the cache is a private folder under the temp folder", async () => {
  await using machine = await Machine.create();
  await machine.add("npm", FAKE_NPM());
  const places: Record<string, string>[] = [{ HOME: "" }, { HOME: "/proc/none" }, {
    HOME: "/proc/none",
    XDG_CACHE_HOME: "relative",
  }];
  for (const env of places) {
    const { code, err } = await machine.start(["exit", "7"], { env });
    assertEquals(code, 7, err);
  }
  const [folder] = machine.cached(machine.at("tmp"));
  assertMatch(folder, /^llama-\d+$/);
  assertEquals((await Deno.stat(machine.at("tmp", folder))).mode! & 0o777, 0o700);
  const { err } = await machine.start(["tokenize"], { env: { XDG_CACHE_HOME: machine.at("elsewhere") } });
  assertStringIncludes(err, machine.at("elsewhere/llama"));
});

Deno.test("where no driver answers, apt-get is asked once, and only for a command that computes", async () => {
  await using machine = await Machine.create();
  await machine.add("deno", fakeDeno());
  await machine.add("id", "echo 0");
  await machine.add("apt-get", "echo noise; exit 100");
  const chosen = { env: { VK_ICD_FILENAMES: "/some.json" } };
  for (
    const args of [["tokenize", "run"], ["run", "--help"], ["pull", "a/b"], ["mask"], ["inspect"], [
      "--version",
    ], []]
  ) {
    assertEquals((await machine.start(args)).err, "", `${args}`);
  }
  assertEquals((await machine.start(["run"], chosen)).err, "");
  assertEquals((await machine.start(["run"], { env: { VK_DRIVER_FILES: "/some.json" } })).err, "");
  assertEquals(await machine.calls("apt-get"), []);

  const first = await machine.start(["run", "x"]);
  assertEquals(JSON.parse(first.out).args, ["run", "x"], "a failure does not stop the command");
  assertEquals(first.code, 0);
  assertMatch(first.err, /^llama: no Vulkan driver answers; installing .*\nllama: apt-get failed, .*\n$/);
  const calls = await machine.calls("apt-get");
  assertMatch(calls.join("\n"), /install .*mesa-vulkan-drivers libvulkan1\n.*update/);
  assertEquals((await machine.start(["chat"])).err, "", "not tried again");
  assertEquals(await machine.calls("apt-get"), calls);
});

Deno.test("apt-get is used through sudo without a password, or not at all; a driver that is there suffices", async () => {
  await using machine = await Machine.create();
  await machine.add("deno", fakeDeno());
  await machine.add("id", "echo 1000");
  await machine.add("apt-get", "exit 0");
  assertEquals((await machine.start(["run"])).err, "", "no sudo");
  await machine.add("sudo", "exit 1");
  assertEquals((await machine.start(["run"])).err, "", "sudo asks for a password");
  await Deno.writeTextFile(machine.at("drivers/lvp_icd.x86_64.json"), "{}");
  await machine.add("sudo", 'shift\nexec "$@"');
  const present = await machine.start(["run"]);
  assertEquals(await machine.calls("apt-get"), [], present.err);
  await Deno.remove(machine.at("drivers/lvp_icd.x86_64.json"));
  assertStringIncludes((await machine.start(["bench"])).err, "llama: installed the software driver\n");
  assertEquals((await machine.calls("apt-get")).length, 1, "one install, no update needed");
});

Deno.test("with only curl and a registry in the environment, deno comes from there; else from its own host", async () => {
  await using machine = await Machine.create();
  await machine.link("tar");
  const package_ = machine.at("package.tgz");
  await Deno.mkdir(machine.at("made/package"), { recursive: true });
  await Deno.writeTextFile(machine.at("made/package/deno"), fakeDeno(), { mode: 0o755 });
  const { success } = await new Deno.Command("tar", {
    args: ["-czf", package_, "-C", machine.at("made"), "package/deno"],
  }).output();
  assert(success);
  await machine.add("curl", `case $* in *.tgz) FAKE_ZIP='${package_}' ;; esac\n${FAKE_CURL}`);
  // The packages exist already: deno would ask the same registry for them.
  await Deno.mkdir(machine.at("home/.cache/llama"), { recursive: true });
  await Deno.copyFile(machine.at("project/deno.lock"), machine.at("home/.cache/llama/packages.lock"));
  const env = { NPM_CONFIG_REGISTRY: "https://registry.example/npm/" };
  const { code, err } = await machine.start(["exit", "7"], { env });
  assertEquals(code, 7, err);
  const calls = await machine.calls("curl");
  assertEquals(calls.length, 1);
  assertMatch(calls[0], /https:\/\/registry\.example\/npm\/@deno\/([a-z0-9-]+)\/-\/\1-2\.9\.6\.tgz$/);

  await Deno.remove(machine.at("home/.cache/llama/deno-2.9.6"));
  await machine.add("curl", `case $* in *.tgz) exit 22 ;; esac\n${FAKE_CURL}`);
  assertEquals((await machine.start(["exit", "7"], { env })).code, 7, "the registry lacks it");
});

const REAL_WAYS = [["npm", ["npm", "node"]], ["pip", ["python3"]], ["curl", ["curl", "tar"]]] as const;
for (const [way, tools] of REAL_WAYS) {
  Deno.test({
    name: `the real ${way} installs deno`,
    ignore: !Deno.env.has("LLAMA_TEST_DOWNLOADS"),
    fn: async () => {
      await using machine = await Machine.create();
      for (const tool of tools) await machine.link(tool);
      const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
      const env = { DENO_DIR: machine.at("deno-dir"), ...(registry && { NPM_CONFIG_REGISTRY: registry }) };
      const first = await machine.start(["tokenize"], { env });
      assertEquals([first.code, JSON.parse(first.out).args], [0, ["tokenize"]], first.err);
      assertEquals((await machine.start(["tokenize"])).err, "");
    },
  });
}

Deno.test("npm packages that cannot be fetched: one line, exit 4; fetched ones are not asked for again", async () => {
  await using machine = await Machine.create();
  const real = `#!/bin/sh\n[ "$1" = --version ] && echo "deno 2.9.6" && exit\necho "$1" >>'${
    machine.at("deno.calls")
  }'\n`;
  await machine.add(
    "deno",
    `${real}[ "$1" = run ] || { echo "error: no network\n\nCaused by: x" >&2; exit 1; }`,
  );
  const { code, out, err } = await machine.start(["tokenize"]);
  assertEquals([code, out], [4, ""]);
  assertEquals(err, "llama: the npm packages named in deno.lock could not be fetched: no network\n");
  await machine.add("deno", real);
  for (const _ of [1, 2]) assertEquals((await machine.start(["tokenize"])).code, 0);
  assertEquals(await machine.calls("deno"), ["install", "install", "run", "run"]);
});

Deno.test("what is piped in reaches the program, whatever an installer does with its own input", async () => {
  await using machine = await Machine.create();
  await machine.add("id", "echo 0");
  await machine.add("npm", FAKE_NPM("cat >/dev/null"));
  await machine.add("apt-get", "cat >/dev/null");
  const child = machine.command(["cat", "run"], { stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("a prompt\n"));
  await writer.close();
  const { stdout } = await child.output();
  assertMatch(new TextDecoder().decode(stdout), /^\{.*\}\na prompt\n$/);
  assertEquals((await machine.calls("apt-get")).length, 1);
});
