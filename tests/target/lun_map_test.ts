import { assert, assertEquals, assertThrows } from "@std/assert";
import { type LunMapRule, LunMaps } from "../../lib/target/lun_map.ts";
import { Target } from "../../lib/target/target.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";

const WEB = "iqn.2026-01.example:web1";

/** A target with units 0 to 2. */
function target(): Target {
  const luns = [0, 1, 2].map((lun) => ({ lun, store: new MemoryStore(1 << 20) }));
  return new Target({ name: "iqn.2026-01.example:target", luns });
}

const rules: readonly LunMapRule[] = [
  { initiators: ["iqn.2026-01.example:web*"], luns: [{ lun: 7, unit: 0, readOnly: true }, { lun: 0, unit: 2 }] },
  { initiators: ["iqn.2026-01.example:*"], luns: [{ lun: 1 }] },
  { initiators: ["eui.*"], luns: [] },
];

Deno.test("for() gives an initiator its own numbers, in their order", () => {
  const house = target();
  const map = new LunMaps(house, rules).for(WEB);
  assertEquals(map.numbers(), [0, 7]);
  assert(map.at(0) === house.at(2) && map.at(7) === house.at(0));
  assertEquals([map.at(1), map.at(2), map.at(-1), map.at(16384)], [undefined, undefined, undefined, undefined]);
});

Deno.test("for() takes the first rule that fits, and shows all where none does", () => {
  const house = target();
  const maps = new LunMaps(house, rules);
  assertEquals(maps.for("iqn.2026-01.example:db").numbers(), [1]);
  assertEquals(maps.for("eui.0123456789abcdef").numbers(), []);
  assert(maps.for("iqn.1993-08.org.debian:01:4711") === house);
});

Deno.test("for() says which units an initiator may only read", () => {
  const house = target();
  const map = new LunMaps(house, rules).for(WEB);
  const readOnly = [0, 1, 2].map((unit) => {
    const there = house.at(unit);
    return there !== undefined && map.readOnly?.(there);
  });
  assertEquals(readOnly, [true, false, false]);
});

Deno.test("for() shows units when they are added to the target", () => {
  const house = target();
  const map = new LunMaps(house, [{ initiators: ["*"], luns: [{ lun: 0, unit: 9 }, { lun: 1 }] }]).for(WEB);
  assertEquals(map.numbers(), [1]);
  house.addUnit({ lun: 9, store: new MemoryStore(1 << 20) });
  assertEquals(map.numbers(), [0, 1]);
});

const bad: readonly (readonly [luns: LunMapRule["luns"], message: string])[] = [
  [[{ lun: -1 }], "Cannot map LUN -1: numbers go from 0 to 16383"],
  [[{ lun: 0, unit: 16384 }], "Cannot map LUN 16384"],
  [[{ lun: 0.5 }], "Cannot map LUN 0.5"],
  [[{ lun: 0, unit: 1 }, { lun: 0, unit: 2 }], "Cannot map LUN 0: it is there already"],
  [[{ lun: 0, unit: 1 }, { lun: 1 }], "Cannot map unit 1 as LUN 1: it has another number already"],
];

for (const [luns, message] of bad) {
  Deno.test(`LunMaps refuses ${JSON.stringify(luns)}`, () => {
    assertThrows(() => new LunMaps(target(), [{ initiators: ["*"], luns }]), RangeError, message);
  });
}
