import { assertEquals } from "@std/assert";
import { reportLunsUnit } from "../../lib/scsi/well_known_unit.ts";
import { FakeDevice, type FakeResult, FakeTask, sendTo } from "../support/fake_task.ts";

function send(cdb: readonly number[], device: FakeDevice = new FakeDevice()): Promise<FakeResult> {
  return sendTo(new FakeTask(device.nexus, reportLunsUnit, cdb));
}

Deno.test("the REPORT LUNS well known logical unit serves the commands that it must", async () => {
  assertEquals((await send([0x00])).reason, "");
  assertEquals([...(await send([0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16])).data.subarray(0, 4)], [0, 0, 0, 8]);
  assertEquals((await send([0x03, 0, 0, 0, 18])).data[2], 0);
  const inquiry = await send([0x12, 0, 0, 0, 96]);
  assertEquals([inquiry.data[0], inquiry.data.length], [0x1e, 96]);
  assertEquals(new TextDecoder().decode(inquiry.data.subarray(8, 14)), "LUNBOX");
});

Deno.test("the REPORT LUNS well known logical unit names its port and device, but no unit", async () => {
  assertEquals([...(await send([0x12, 1, 0, 0, 255])).data], [0x1e, 0, 0, 2, 0, 0x83]);
  const { data } = await send([0x12, 1, 0x83, 0, 255]);
  assertEquals([data[0], data[1]], [0x1e, 0x83]);
  for (let at = 4; at < data.length; at += 4 + (data[at + 3] as number)) {
    assertEquals((((data[at + 1] as number) >> 4) & 3) === 0, false);
  }
});

Deno.test("the REPORT LUNS well known logical unit refuses everything else", async () => {
  assertEquals((await send([0x28, 0, 0, 0, 0, 0, 0, 0, 1])).reason, "5/20/00");
  assertEquals((await send([0x12, 1, 0x80, 0, 255])).reason, "5/24/00");
  assertEquals((await send([0x12, 0, 0x80, 0, 255])).reason, "5/24/00");
  const device = new FakeDevice();
  assertEquals((await sendTo(new FakeTask(device.nexus, 0xc102, [0x00]))).reason, "5/25/00");
});
