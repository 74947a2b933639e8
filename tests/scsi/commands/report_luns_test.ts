import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

function reportLuns(select: number, length = 0xff): number[] {
  return [0xa0, 0, select, 0, 0, 0, 0, 0, 0, length];
}

Deno.test("REPORT LUNS lists the numbers, peripheral to 255 and flat above", async () => {
  const device = new FakeDevice();
  for (const number of [3, 255, 256, 16383]) device.luns.units.set(number, device.unit);
  for (const select of [0, 2]) {
    const { data } = await device.send(reportLuns(select));
    assertEquals(data.length, 8 + 5 * 8);
    assertEquals(data[3], 40);
    const entries = [0, 1, 2, 3, 4].map((i) => [...data.subarray(8 + 8 * i, 16 + 8 * i)]);
    assertEquals(entries, [[0, 0], [0, 3], [0, 255], [0x41, 0], [0x7f, 0xff]].map((e) => [...e, 0, 0, 0, 0, 0, 0]));
  }
});

Deno.test("REPORT LUNS knows no well known logical units and refuses other selections", async () => {
  const device = new FakeDevice();
  assertEquals((await device.send(reportLuns(1))).data, new Uint8Array(8));
  for (const select of [3, 0x10, 0xff]) assertEquals((await device.send(reportLuns(select))).reason, "5/24/00");
});
