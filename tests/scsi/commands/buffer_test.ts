import { assertEquals } from "@std/assert";
import type { Nexus } from "../../../lib/scsi/nexus.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

function write(device: FakeDevice, mode: number, data: Uint8Array, offset = 0, nexus?: Nexus): Promise<FakeResult> {
  const cdb = [0x3b, mode, 0, 0, offset >> 8, offset & 0xff, 0, data.length >> 8, data.length & 0xff];
  return device.send(cdb, { dataOut: data }, nexus ?? device.nexus);
}

function read(device: FakeDevice, mode: number, length = 255, offset = 0, nexus?: Nexus): Promise<FakeResult> {
  const cdb = [0x3c, mode, 0, offset >> 16, offset >> 8, offset & 0xff, 0, length >> 8, length & 0xff];
  return device.send(cdb.map((byte) => byte & 0xff), {}, nexus ?? device.nexus);
}

Deno.test("READ BUFFER echoes to each initiator what it has written", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  assertEquals((await read(device, 0x0a)).reason, "5/2c/00");
  await write(device, 0x0a, Uint8Array.of(1, 2, 3, 4));
  await write(device, 0x0a, Uint8Array.of(9, 8), 0, other);
  assertEquals([...(await read(device, 0x0a)).data], [1, 2, 3, 4]);
  assertEquals([...(await read(device, 0x0a, 1)).data], [1]);
  assertEquals([...(await read(device, 0x0a, 255, 0, other)).data], [9, 8]);
  assertEquals([...(await read(device, 0x0b)).data], [1, 0, 0x10, 0]);
  assertEquals((await write(device, 0x0a, new Uint8Array(4096))).reason, "");
  assertEquals((await write(device, 0x0a, new Uint8Array(4097))).reason, "5/24/00");
});

Deno.test("READ BUFFER reads from everywhere in the buffer what anyone has written", async () => {
  const device = new FakeDevice();
  assertEquals((await read(device, 2, 8)).data, new Uint8Array(8));
  await write(device, 2, Uint8Array.of(1, 2, 3), 0x100);
  assertEquals([...(await read(device, 2, 5, 0xff, device.login("iqn.2026-01.test:b"))).data], [0, 1, 2, 3, 0]);
  assertEquals((await read(device, 2, 255, 0xfffe)).data.length, 2);
  assertEquals([...(await read(device, 3)).data], [0, 1, 0, 0]);
  assertEquals([...(await device.send([0x3c, 3, 7, 0, 0, 0, 0, 0, 255])).data], [0, 0, 0, 0]);
  const sixteen = [0x9b, 2, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0];
  assertEquals([...(await device.send(sixteen)).data], [2, 3]);
});

Deno.test("READ BUFFER and WRITE BUFFER refuse other modes, buffers and places", async () => {
  const device = new FakeDevice();
  const two = { dataOut: new Uint8Array(2) };
  const rows: [number[], { dataOut?: Uint8Array }][] = [
    [[0x3c, 0x00, 0, 0, 0, 0, 0, 0, 4], {}],
    [[0x3c, 0x1c, 0, 0, 0, 0, 0, 0, 4], {}],
    [[0x3c, 0x02, 1, 0, 0, 0, 0, 0, 4], {}],
    [[0x3c, 0x02, 0, 1, 0, 1, 0, 0, 4], {}],
    [[0x3b, 0x05, 0, 0, 0, 0, 0, 0, 2], two],
    [[0x3b, 0x02, 1, 0, 0, 0, 0, 0, 2], two],
    [[0x3b, 0x02, 0, 0, 0xff, 0xff, 0, 0, 2], two],
  ];
  for (const [cdb, options] of rows) assertEquals((await device.send(cdb, options)).reason, "5/24/00", cdb.join());
});
