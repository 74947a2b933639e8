import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

function reportLuns(select: number, length = 0xff): number[] {
  return [0xa0, 0, select, 0, 0, 0, 0, 0, 0, length];
}

Deno.test("REPORT LUNS lists the numbers, peripheral to 255 and flat above", async () => {
  const device = new FakeDevice();
  for (const number of [3, 255, 256, 16383]) device.luns.units.set(number, device.unit);
  const units = [[0, 0], [0, 3], [0, 255], [0x41, 0], [0x7f, 0xff]];
  const rows: [number, number[][]][] = [
    [0x00, units],
    [0x01, [[0xc1, 1]]],
    [0x02, [...units, [0xc1, 1]]],
    [0x10, []],
    [0x11, units],
    [0x12, []],
  ];
  for (const [select, expected] of rows) {
    const { data } = await device.send(reportLuns(select));
    assertEquals([data.length, data[3]], [8 + 8 * expected.length, 8 * expected.length]);
    const entries = expected.map((_, i) => [...data.subarray(8 + 8 * i, 16 + 8 * i)]);
    assertEquals(entries, expected.map((entry) => [...entry, 0, 0, 0, 0, 0, 0]));
  }
});

Deno.test("REPORT LUNS refuses other selections", async () => {
  const device = new FakeDevice();
  for (const select of [3, 0x0f, 0x13, 0xff]) {
    assertEquals((await device.send(reportLuns(select))).reason, "5/24/00");
  }
});
