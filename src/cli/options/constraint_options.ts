import type { OptionSpec } from "./option_types.ts";

/** The options that hold an answer to a language. */
export const CONSTRAINT_OPTIONS = {
  jsonSchema: {
    kind: "json",
    group: "Generation",
    commands: ["run"],
    value: "FILE|JSON",
    record: true,
    help: "hold the answer to a JSON schema, token by token; compact JSON, properties in the schema's order",
  },
  jsonObject: {
    kind: "flag",
    group: "Generation",
    commands: ["run"],
    record: true,
    help: "hold the answer to any JSON object",
  },
  regex: {
    kind: "text",
    group: "Generation",
    commands: ["run"],
    value: "RE",
    record: true,
    help: "hold the whole answer to a regular expression (ECMAScript, without lookaround and backreferences)",
  },
} as const satisfies Record<string, OptionSpec>;
