import { assertEquals, assertStrictEquals } from "@std/assert";
import { Random } from "../../lib/load/random.ts";
import { Memory, Slots } from "../../lib/load/slots.ts";

Deno.test("part() gives the same view of a part again", () => {
  const memory = new Memory(65536);
  assertStrictEquals(memory.part(0, 65536), memory.bytes);
  const view = memory.part(512, 4096);
  assertEquals([view.byteOffset, view.length], [512, 3584]);
  assertStrictEquals(memory.part(512, 4096), view);
  memory.part(1024, 2048);
  assertStrictEquals(memory.part(512, 4096), view);
  for (const [from, to] of [[512, 1024], [512 + 64 * 512, 40_000], [512, 4096]] as const) {
    const other = memory.part(from, to);
    assertEquals([other.byteOffset, other.length], [from, to - from]);
  }
});

Deno.test("Memory has no words where it is not whole ones", () => {
  assertEquals([new Memory(520).words.length, new Memory(521).words.length], [130, 0]);
});

for (const verify of [true, false]) {
  Deno.test(`Slots have memory of their own only if it counts (${verify})`, () => {
    const slots = new Slots({ depth: 3, size: 512, verify, random: new Random(1) });
    assertEquals(slots.memory(0) !== slots.memory(2), verify);
    assertEquals(slots.memory(0).bytes.some((byte) => byte !== 0), !verify);
  });
}
