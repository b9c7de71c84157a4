/** Lines of the shim from three drivers, and bad ones. */
import { assertEquals, assertThrows } from "@std/assert";
import { readPipeline } from "./statistics.ts";

const line = (statistics: unknown, width: unknown = 32) =>
  JSON.stringify({
    milliseconds: 12.5,
    executables: [{ name: "compute", subgroup_size: width, statistics, listing: "code" }],
  });
const AMD = {
  "Driver pipeline hash": -5,
  "SGPRs": 128,
  "VGPRs": 48,
  "Spilled SGPRs": 1,
  "Spilled VGPRs": 2,
  "Code size": 1924,
  "LDS size": 1536,
  "Scratch size": 0,
  "Subgroups per SIMD": 16,
  "Instructions": 374,
};

Deno.test("readPipeline: each driver's words for the same numbers", () => {
  assertEquals(readPipeline(line(AMD, 64)), {
    milliseconds: 12.5,
    statistics: {
      ...{ width: 64, registers: 48, spills: 3, scratch: 0, shared: 1536 },
      ...{ waves: 16, instructions: 374, codeBytes: 1924 },
    },
    listing: "code",
  });
  const nvidia = { "Instruction count": 594, "Code Size": 9504, "Number of GPRs": 22, "SLM Size": 8 };
  const unknown = { waves: undefined, shared: undefined };
  assertEquals(readPipeline(line(nvidia)).statistics, {
    ...unknown,
    ...{ width: 32, registers: 22, spills: undefined, scratch: 8, instructions: 594, codeBytes: 9504 },
  });
  const intel = {
    "Instruction Count": 600,
    "Spill Count": 7,
    "Fill Count": 9,
    "Scratch Memory Size": 1024,
    "Workgroup Memory Size": 1072,
  };
  assertEquals(readPipeline(line(intel, 8)).statistics, {
    ...{ registers: undefined, waves: undefined, codeBytes: undefined },
    ...{ width: 8, spills: 16, scratch: 1024, shared: 1072, instructions: 600 },
  });
});

Deno.test("readPipeline: bad lines are errors", () => {
  for (const bad of ["", "{", '{"milliseconds": 1, "executables": ']) {
    assertThrows(() => readPipeline(bad), SyntaxError);
  }
  const rows: [string, string][] = [
    ["null", "no compute pipeline"],
    ["[]", "no compute pipeline"],
    ['{"milliseconds": 1, "executables": []}', "no compute pipeline"],
    ['{"milliseconds": "1", "executables": [{}]}', "no compute pipeline"],
    ['{"milliseconds": -1, "executables": [{}]}', "no compute pipeline"],
    ['{"milliseconds": 1, "executables": [{}]}', "no subgroup_size"],
    [line(AMD, "32"), "no subgroup_size"],
    [line({}), "none of Instructions"],
    [line(undefined), "none of Instructions"],
    [line({ ...AMD, "VGPRs": "48" }), 'registers: expected a number, got "48"'],
    [line({ ...AMD, "Spilled VGPRs": -1 }), "spills: expected a number, got -1"],
    [line({ ...AMD, "Code size": null }), "codeBytes: expected a number, got null"],
  ];
  for (const [bad, problem] of rows) assertThrows(() => readPipeline(bad), TypeError, problem);
});
