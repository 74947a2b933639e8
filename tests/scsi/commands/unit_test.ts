import { assertEquals } from "@std/assert";
import { sense } from "../../../lib/scsi/sense.ts";
import { FakeDevice, reasonOf } from "../../support/fake_task.ts";

Deno.test("TEST UNIT READY is GOOD when the unit is", async () => {
  const { status, data, transferLength } = await new FakeDevice().send([0x00]);
  assertEquals([status, data.length, transferLength], [0, 0, 0]);
});

Deno.test("TEST UNIT READY says why a unit is not ready", async () => {
  const fixed = new FakeDevice();
  fixed.unit.stopped = true;
  assertEquals((await fixed.send([0x00])).reason, "2/04/02");
  const removable = new FakeDevice({ removable: true });
  removable.unit.loaded = false;
  assertEquals((await removable.send([0x00])).reason, "2/3a/00");
});

Deno.test("REQUEST SENSE returns key 0 when nothing is pending", async () => {
  const { status, data, reason } = await new FakeDevice().send([0x03, 0, 0, 0, 252]);
  assertEquals([status, reason, data.length, reasonOf(data)], [0, "", 18, "0/00/00"]);
});

Deno.test("REQUEST SENSE returns a unit attention as data, once, in the format that is asked for", async () => {
  const device = new FakeDevice();
  const attentions = device.unit.nexus(device.nexus).attentions;
  attentions.raise(sense.capacityDataHasChanged);
  attentions.raise(sense.nexusLoss);
  const first = await device.send([0x03, 1, 0, 0, 252]);
  assertEquals([first.status, first.data[0], first.data.length, reasonOf(first.data)], [0, 0x72, 8, "6/29/07"]);
  assertEquals(reasonOf((await device.send([0x03, 0, 0, 0, 252])).data), "6/2a/09");
  assertEquals((await device.send([0x00])).status, 0);
});

Deno.test("REQUEST SENSE tells how a unit is that has nothing else to tell", async () => {
  const device = new FakeDevice({ removable: true });
  assertEquals((await device.send([0x03, 0, 0, 0, 18])).data[12], 0);
  await device.send([0x1b, 0, 0, 0, 2]);
  for (let i = 0; i < 2; i++) {
    const { data } = await device.send([0x03, 0, 0, 0, 18]);
    assertEquals([data[2], data[12]], [2, 0x3a]);
  }
  await device.send([0x1b, 0, 0, 0, 3]);
  assertEquals((await device.send([0x03, 0, 0, 0, 18])).data[2], 0);
});
