import { assertEquals, assertThrows } from "@std/assert";
import { modePageIndex, modePages } from "../../lib/scsi/mode_pages.ts";
import { FakeDevice } from "../support/fake_task.ts";

Deno.test("mode pages ascend, and their bytes carry their codes and lengths", () => {
  const { unit } = new FakeDevice();
  const keys = modePages.map(({ page, subpage }) => page * 256 + subpage);
  assertEquals(keys, [...new Set(keys)].sort((a, b) => a - b));
  for (const row of modePages) {
    for (const bytes of [row.defaults(unit), row.changeable(unit)]) {
      const long = row.subpage !== 0;
      assertEquals(bytes[0], row.page | (long ? 0x40 : 0), row.name);
      const length = long ? (bytes[2] as number) << 8 | (bytes[3] as number) : bytes[1] as number;
      assertEquals(length, bytes.length - (long ? 4 : 2), row.name);
    }
  }
});

Deno.test("modePageIndex() finds pages by both of their numbers, and throws when there is none", () => {
  assertEquals(modePages[modePageIndex(0x0a, 1)]?.name, "Control Extension");
  assertEquals(modePages[modePageIndex(0x0a)]?.name, "Control");
  assertThrows(() => modePageIndex(0x0b), RangeError, "Cannot find mode page");
});
