import { assertEquals } from "@std/assert";
import { controlPage, modePages, pageControl } from "../../lib/scsi/mode_pages.ts";
import { FakeDevice } from "../support/fake_task.ts";

Deno.test("mode pages ascend, and their bytes carry their codes and lengths", () => {
  const { unit } = new FakeDevice();
  const keys = modePages.map(({ page, subpage }) => page * 256 + subpage);
  assertEquals(keys, [...new Set(keys)].sort((a, b) => a - b));
  for (const row of modePages) {
    for (const bytes of [row.defaults(unit), row.changeable]) {
      const long = row.subpage !== 0;
      assertEquals(bytes[0], row.page | (long ? 0x40 : 0), row.name);
      const length = long ? (bytes[2] as number) << 8 | (bytes[3] as number) : bytes[1] as number;
      assertEquals(length, bytes.length - (long ? 4 : 2), row.name);
    }
  }
});

Deno.test("ModePages keeps what is set until reset()", () => {
  const { unit } = new FakeDevice();
  const control = modePages.findIndex(({ page, subpage }) => page === 0x0a && subpage === 0);
  const changed = controlPage.encode({ page: 0x0a, length: 0x0a, descriptorSense: true, softwareWriteProtect: true });
  unit.modePages.set(control, changed);
  assertEquals(unit.modePages.values(control, pageControl.current), changed);
  assertEquals(unit.modePages.values(control, pageControl.default)[2], 0);
  assertEquals([unit.modePages.descriptorSense, unit.writeProtected], [true, true]);
  unit.modePages.reset();
  assertEquals([unit.modePages.descriptorSense, unit.writeProtected], [false, false]);
});
