import { assertEquals } from "@std/assert";
import { PortGroups } from "../../../lib/scsi/port_groups.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

function report(device: FakeDevice, format = 0, length = 255): Promise<FakeResult> {
  return device.send([0xa3, format << 5 | 0x0a, 0, 0, 0, 0, 0, 0, 0, length]);
}

function set(device: FakeDevice, state: number, group: number): Promise<FakeResult> {
  return device.send([0xa4, 0x0a, 0, 0, 0, 0, 0, 0, 0, 8], { dataOut: Uint8Array.of(0, 0, 0, 0, state, 0, 0, group) });
}

function two(): PortGroups {
  const groups = new PortGroups({ explicit: true });
  groups.add({ name: "iqn.2026-01.test:target,t,0x0002", relativeId: 2, groupId: 2 }, "standby", true);
  return groups;
}

Deno.test("REPORT TARGET PORT GROUPS is not there when all ports are alike", async () => {
  assertEquals((await report(new FakeDevice())).reason, "5/24/00");
  const { data } = await new FakeDevice().send([0x12, 0, 0, 0, 96]);
  assertEquals((data[5] as number) & 0x30, 0);
});

Deno.test("REPORT TARGET PORT GROUPS reports groups and ports, with a short and a long header", async () => {
  const device = new FakeDevice({ portGroups: two() });
  const groups = [...[0x00, 0x8f, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], ...[0x82, 0x8f, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]];
  assertEquals([...(await report(device)).data], [0, 0, 0, 24, ...groups]);
  assertEquals([...(await report(device, 1)).data], [0, 0, 0, 28, 0x10, 0, 0, 0, ...groups]);
  assertEquals((await report(device, 0, 5)).data.length, 5);
  assertEquals((await report(device, 2)).reason, "5/24/00");
});

Deno.test("INQUIRY and the VPD pages agree with REPORT TARGET PORT GROUPS", async () => {
  const device = new FakeDevice({ portGroups: two() });
  const { data } = await device.send([0x12, 0, 0, 0, 96]);
  assertEquals([(data[5] as number) & 0x30, (data[6] as number) & 0x10], [0x30, 0x10]);
  const ports = (await device.send([0x12, 1, 0x88, 0, 255])).data;
  const length = ports[15] as number;
  assertEquals([ports[7], ports[4 + 12 + length + 3]], [1, 2]);
});

Deno.test("SET TARGET PORT GROUPS changes states, which then hold, and tells the others", async () => {
  const device = new FakeDevice({ portGroups: two() });
  const other = device.login("iqn.2026-01.test:b");
  assertEquals((await set(device, 2, 1)).reason, "");
  assertEquals((await device.send([0x00], {}, other)).reason, "6/2a/06");
  assertEquals((await device.send([0x00], {}, other)).reason, "2/04/0b");
  assertEquals((await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1])).reason, "2/04/0b");
  assertEquals((await device.send([0x1a, 0, 0x3f, 0, 255])).reason, "");
  assertEquals([...(await report(device)).data.subarray(4, 10)], [2, 0x8f, 0, 1, 0, 1]);
  assertEquals((await set(device, 3, 1)).reason, "");
  assertEquals((await device.send([0x1a, 0, 0x3f, 0, 255])).reason, "2/04/0c");
  assertEquals((await set(device, 1, 1)).reason, "");
  assertEquals((await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1])).reason, "");
});

Deno.test("SET TARGET PORT GROUPS refuses lists that make no sense, as a whole", async () => {
  const rows: [number[], string][] = [
    [[0, 0, 0], "5/1a/00"],
    [[0, 0, 0, 0, 2], "5/1a/00"],
    [[0, 0, 0, 0, 2, 0, 0, 1, 2, 0, 0, 9], "5/26/00"],
    [[0, 0, 0, 0, 2, 0, 0, 1, 4, 0, 0, 1], "5/26/00"],
    [[0, 0, 0, 0, 2, 0, 0, 1, 14, 0, 0, 1], "5/26/00"],
    [[0, 0, 0, 0, 2, 0, 0, 1, 15, 0, 0, 1], "5/26/00"],
    [[0, 0, 0, 0], ""],
  ];
  for (const [list, reason] of rows) {
    const portGroups = two();
    const device = new FakeDevice({ portGroups });
    const cdb = [0xa4, 0x0a, 0, 0, 0, 0, 0, 0, 0, list.length];
    assertEquals((await device.send(cdb, { dataOut: Uint8Array.from(list) })).reason, reason, list.join());
    assertEquals(portGroups.groups[0]?.state, "optimized");
  }
});

Deno.test("SET TARGET PORT GROUPS is not there when only the device changes states", async () => {
  const device = new FakeDevice({ portGroups: new PortGroups() });
  assertEquals((await set(device, 2, 1)).reason, "5/24/00");
});
