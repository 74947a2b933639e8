import { assertEquals } from "@std/assert";
import { FakeMemory } from "../../support/fake_memory.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

function report(device: FakeDevice, type = 0, allocation = 255): Promise<FakeResult> {
  return device.send([0xa3, 0x05, 0, 0, 0, 0, 0, 0, 0, allocation, type << 1]);
}

function set(device: FakeDevice, data: Uint8Array, type = 0): Promise<FakeResult> {
  const cdb = [0xa4, 0x06, 0, 0, 0, 0, 0, 0, data.length >> 8, data.length & 0xff, type << 1];
  return device.send(cdb, { dataOut: data });
}

Deno.test("SET IDENTIFYING INFORMATION gives names that are kept over a restart", async () => {
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory });
  const other = device.login("iqn.2026-01.test:b");
  assertEquals([...(await report(device)).data], [0, 0, 0, 0]);
  assertEquals((await set(device, Uint8Array.of(1, 2, 3))).reason, "");
  assertEquals((await device.send([0x00], {}, other)).reason, "6/3f/05");
  await set(device, new TextEncoder().encode("disk"), 2);
  const later = new FakeDevice({ memory });
  assertEquals([...(await report(later)).data], [0, 0, 0, 3, 1, 2, 3]);
  assertEquals([...(await report(later, 0, 5)).data], [0, 0, 0, 3, 1]);
  assertEquals(new TextDecoder().decode((await report(later, 2)).data.subarray(4)), "disk");
  assertEquals((await set(later, new Uint8Array())).reason, "");
  assertEquals([...(await report(later)).data], [0, 0, 0, 0]);
});

Deno.test("REPORT IDENTIFYING INFORMATION lists the types with their lengths", async () => {
  assertEquals([...(await report(new FakeDevice(), 0x7f)).data], [0, 0, 0, 8, 0, 0, 2, 0, 4, 0, 1, 0]);
});

Deno.test("SET IDENTIFYING INFORMATION refuses other types, and more than there is room for", async () => {
  const device = new FakeDevice({ memory: new FakeMemory() });
  const rows: [number, number, string][] = [
    [0, 512, ""],
    [0, 513, "5/24/00"],
    [2, 257, "5/24/00"],
    [1, 4, "5/24/00"],
    [0x7f, 4, "5/24/00"],
  ];
  for (const [type, length, reason] of rows) {
    assertEquals((await set(device, new Uint8Array(length), type)).reason, reason);
  }
  assertEquals((await report(device, 1)).reason, "5/24/00");
});

Deno.test("SET IDENTIFYING INFORMATION is not there when nothing can be kept", async () => {
  assertEquals((await set(new FakeDevice(), Uint8Array.of(1))).reason, "5/24/00");
});

Deno.test("SET IDENTIFYING INFORMATION fails when the memory does", async () => {
  const memory = new FakeMemory();
  memory.failure = new Error("full");
  assertEquals((await set(new FakeDevice({ memory }), Uint8Array.of(1))).reason, "4/44/00");
});
