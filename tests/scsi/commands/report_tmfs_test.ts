import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

Deno.test("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS tells what manage() does", async () => {
  const device = new FakeDevice();
  const { data } = await device.send([0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 255]);
  assertEquals([...data], [0xda, 0, 0, 0]);
  const extended = await device.send([0xa3, 0x0d, 0x80, 0, 0, 0, 0, 0, 0, 255]);
  assertEquals([...extended.data], [0xda, 0, 0, 12, ...new Array(12).fill(0)]);
  assertEquals((await device.send([0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 1])).data.length, 1);
});
