import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

const report = [0xa3, 0x0f, 0, 0, 0, 0, 0, 0, 0, 255];
const set = (length: number): number[] => [0xa4, 0x0f, 0, 0, 0, 0, 0, 0, 0, length];

Deno.test("REPORT TIMESTAMP tells the time of the clock", async () => {
  const device = new FakeDevice({ clock: () => 0x0102_0304_0506 + 0.7 });
  assertEquals([...(await device.send(report)).data], [0, 10, 3, 0, 1, 2, 3, 4, 5, 6, 0, 0]);
});

Deno.test("SET TIMESTAMP sets the time from which the clock goes on, and tells the others", async () => {
  let now = 5000;
  const device = new FakeDevice({ clock: () => now });
  const other = device.login("iqn.2026-01.test:b");
  const dataOut = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  assertEquals((await device.send(set(12), { dataOut })).reason, "");
  assertEquals((await device.send([0x00], {}, other)).reason, "6/2a/10");
  now += 7;
  assertEquals([...(await device.send(report)).data], [0, 10, 2, 0, 0, 1, 0, 0, 0, 7, 0, 0]);
});

Deno.test("SET TIMESTAMP does nothing without parameters and refuses too few", async () => {
  const device = new FakeDevice({ clock: () => 5000 });
  assertEquals((await device.send(set(0))).reason, "");
  assertEquals((await device.send(set(11), { dataOut: new Uint8Array(11) })).reason, "5/1a/00");
  assertEquals((await device.send(report)).data[2], 3);
});
