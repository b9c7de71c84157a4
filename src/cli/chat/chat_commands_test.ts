import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../base/errors.ts";
import { CHAT_COMMANDS, chatHelp, parseChatCommand } from "./chat_commands.ts";

Deno.test("commands and what follows them", () => {
  assertEquals(parseChatCommand("/exit "), { name: "/exit", rest: "" });
  assertEquals(parseChatCommand("/save a b.json "), { name: "/save", rest: "a b.json" });
  assertEquals(parseChatCommand("/system Be\nbrief."), { name: "/system", rest: "Be\nbrief." });
  assertEquals(parseChatCommand("/system"), { name: "/system", rest: "" });
});

Deno.test("an unknown command is reported, with the nearest one", () => {
  const complaint = (line: string) => assertThrows(() => parseChatCommand(line), UsageError).message;
  assertStringIncludes(complaint("/hlep"), 'unknown command "/hlep"; did you mean /help?');
  assertStringIncludes(complaint("/etc/passwd"), "expected one of /help, /system, /reset, /save, /exit");
  assertStringIncludes(complaint("/save"), "expected the name of a file");
  assertStringIncludes(complaint("/reset all"), 'expected nothing behind it, got "all"');
});

Deno.test("the help lists every command within 80 columns", () => {
  for (const name of Object.keys(CHAT_COMMANDS)) assertStringIncludes(chatHelp(), `\n  ${name}`.trimStart());
  assertEquals(chatHelp().split("\n").filter((line) => line.length > 80), []);
});
