/** Loops and waits in listings of AMD's machine code, bad ones too. */
import { assertEquals, assertThrows } from "@std/assert";
import { readListing } from "./listing.ts";

/** A loop of eight iterations: two loads, of which it waits for one, then for both. */
const LOOP = `BB0:
	s_mov_b32 s4, 0                                             ; be840080
BB1:
	s_cmp_ge_u32 s4, 8                                          ; bf098804
	s_cbranch_scc1 BB3                                          ; bfa20004
BB2:
	s_buffer_load_b32 s6, s[16:19], 0x4                         ; f4200188
	buffer_load_b128 v[28:31], v26, s[32:35], 0 offen           ; e05c0000
	buffer_load_b128 v[32:35], v26, s[32:35], 0 offen           ; e05c0000
	s_waitcnt vmcnt(1)                                          ; bf890007
	v_fmac_f32_e32 v2, v28, v29                                 ; 56083116
	s_waitcnt vmcnt(0) lgkmcnt(0)                               ; bf890007
	v_add_f32_e32 v2, v32, v2                                   ; 06083116
	s_add_u32 s4, s4, 1                                         ; 80048104
	s_branch BB1                                                ; bfa00000
BB3:
	buffer_store_b32 v2, v1, s[0:3], 0 offen                    ; e0680000
	s_endpgm                                                    ; bfb00000
`;

Deno.test("readListing: loads, waits and arithmetic of a loop; the highest register", () => {
  const loop = { label: "BB1", loads: 2, fullWaits: 1, uniformLoads: 1, stores: 0, vector: 2, products: 1 };
  // Both loads of an iteration are on their way together.
  assertEquals(readListing(LOOP), { registers: 36, loops: [loop], roundTrips: 8 });
});

Deno.test("readListing: round trips follow what is awaited, and bounds that are known", () => {
  const trips = (text: string) => readListing(text).roundTrips;
  // A bound that is the smaller of a constant and something else.
  assertEquals(
    trips(LOOP.replace("s_mov_b32 s4, 0 ", "s_min_u32 s9, 64, s3 ").replace("s4, 8 ", "s4, s9 ")),
    64,
  );
  assertEquals(trips(LOOP.replace("s_add_u32 s4, s4, 1", "s_add_u32 s4, s4, 4")), 2);
  // A bound that is not known, two advances, or a loop counted in a vector register: once.
  assertEquals(trips(LOOP.replace("s4, 8 ", "s4, s9 ")), 1);
  assertEquals(trips(LOOP.replace("\ts_branch", "\ts_add_u32 s4, s4, 1 ; 0\n\ts_branch")), 1);
  // A load that nothing awaits costs nothing, one that is awaited first waits alone.
  assertEquals(trips(LOOP.replace("vmcnt(0) ", "").replace("vmcnt(1)", "expcnt(0)")), 0);
  assertEquals(trips("BB0:\n\tglobal_load_dword v1, v0, s[2:3]\n\ts_waitcnt vmcnt(0)\n".repeat(2)), 2);
  // The loop inside runs for each iteration of the one around it.
  const around = `BB8:\n\ts_cmp_ge_u32 s40, 3\n${LOOP}\ts_add_u32 s40, s40, 1\n\ts_branch BB8\n`;
  assertEquals(trips(around), 24);
  assertEquals(readListing(around).loops.map(({ label }) => label), ["BB1"]);
});

Deno.test("readListing: other texts are errors", () => {
  for (
    const text of [
      "",
      "\n\n",
      "BB0:\n",
      "mov(8) g75<1>UD g0.1<0,1,0>UD { align1 };\n",
      LOOP.replaceAll(/^BB\d:\n/gm, ""),
    ]
  ) {
    assertThrows(() => readListing(text), SyntaxError, "no listing of AMD's machine code");
  }
  assertThrows(() => readListing(LOOP.replace("BB3 ", "BB7 ")), SyntaxError, "s_cbranch_scc1 to BB7");
});
