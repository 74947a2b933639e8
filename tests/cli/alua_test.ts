import { assertEquals, assertThrows } from "@std/assert";
import { aluaOf } from "../../lib/cli/alua.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { portalsOf } from "../../lib/cli/listen.ts";
import type { AccessState } from "../../lib/scsi/logical_unit.ts";

const quiet = ["127.0.0.1", "127.0.0.2,group=2"];

Deno.test("aluaOf() leaves access symmetric when nobody says anything of it", () => {
  assertEquals(aluaOf(portalsOf([]), false), undefined);
  assertEquals(aluaOf(portalsOf(quiet), false), undefined);
});

Deno.test("aluaOf() lets initiators change states when they may", () => {
  assertEquals(aluaOf(portalsOf(quiet), true), { explicit: true, states: {}, preferred: [] });
});

const good: readonly (readonly [
  texts: readonly string[],
  states: Readonly<Record<number, AccessState>>,
  preferred: readonly number[],
])[] = [
  [["127.0.0.1", "127.0.0.2,group=2,access=standby"], { 2: "standby" }, []],
  [["127.0.0.1,access=non-optimized"], { 1: "nonOptimized" }, []],
  [["127.0.0.1,preferred", "127.0.0.2,group=7,access=unavailable"], { 7: "unavailable" }, [1]],
  [
    ["127.0.0.1,access=optimized,preferred", "127.0.0.2,access=optimized", "127.0.0.3,preferred"],
    { 1: "optimized" },
    [1],
  ],
];

for (const [texts, states, preferred] of good) {
  Deno.test(`aluaOf() reads ${texts.join(" and ")}`, () => {
    assertEquals(aluaOf(portalsOf(texts), false), { explicit: false, states, preferred: [...preferred] });
  });
}

Deno.test("aluaOf() refuses two states for one portal group", () => {
  const portals = portalsOf(["127.0.0.1,access=standby", "127.0.0.2,access=non-optimized", "127.0.0.3,group=2"]);
  assertThrows(() => aluaOf(portals, false), UsageError, "portal group 1 is standby and non-optimized");
});

Deno.test("aluaOf() refuses disks that nobody could ever use, unless initiators may change that", () => {
  const portals = portalsOf(["127.0.0.1,access=standby", "127.0.0.2,group=2,access=unavailable"]);
  assertThrows(() => aluaOf(portals, false), UsageError, "no portal group is optimized or non-optimized");
  assertEquals(aluaOf(portals, true)?.states, { 1: "standby", 2: "unavailable" });
});
