import { assertEquals } from "@std/assert";
import { FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

Deno.test("SEND DIAGNOSTIC tests the unit in the foreground", async () => {
  for (const first of [0x04, 0xa0, 0xc0]) {
    const device = new FakeDevice();
    assertEquals((await device.send([0x1d, first, 0, 0, 0])).reason, "");
    assertEquals(device.store.calls[0]?.startsWith("read 0"), true);
    device.store.failure = new FakeStoreError("medium");
    const { reason, sense } = await device.send([0x1d, first, 0, 0, 0]);
    assertEquals([reason, sense?.[0], [...sense?.subarray(3, 7) ?? []]], ["4/3e/03", 0xf0, [0, 0, 0, 0]]);
  }
});

Deno.test("SEND DIAGNOSTIC tests the unit in the background, and ends the test when asked to", async () => {
  let release = (): void => {};
  const device = new FakeDevice({ breathe: () => new Promise((resolve) => release = resolve) });
  for (const code of [1, 2]) {
    assertEquals((await device.send([0x1d, code << 5, 0, 0, 0])).reason, "");
    assertEquals((await device.send([0x1d, 0x20, 0, 0, 0])).reason, "2/04/09");
    const { data } = await device.send([0x03, 0, 0, 0, 18]);
    assertEquals([data[2], data[12], data[13], data[15]], [0, 0x04, 0x09, 0x80]);
    assertEquals((await device.send([0x00])).reason, "");
    assertEquals((await device.send([0x1d, 0x80, 0, 0, 0])).reason, "");
    assertEquals((await device.send([0x1d, 0x80, 0, 0, 0])).reason, "5/24/00");
    assertEquals((await device.send([0x03, 0, 0, 0, 18])).data[12], 0);
    release();
  }
});

Deno.test("SEND DIAGNOSTIC cannot test what is not there", async () => {
  const device = new FakeDevice({ removable: true });
  await device.send([0x1b, 0, 0, 0, 2]);
  assertEquals((await device.send([0x1d, 0x04, 0, 0, 0])).reason, "2/3a/00");
  assertEquals((await device.send([0x1d, 0, 0, 0, 0])).reason, "");
});

Deno.test("SEND DIAGNOSTIC refuses what it does not know", async () => {
  const list = Uint8Array.of(0, 0, 0, 0);
  const rows: [number[], Uint8Array | undefined, string][] = [
    [[0x1d, 0x60, 0, 0, 0], undefined, "5/24/00"],
    [[0x1d, 0xe0, 0, 0, 0], undefined, "5/24/00"],
    [[0x1d, 0x24, 0, 0, 0], undefined, "5/24/00"],
    [[0x1d, 0x08, 0, 0, 0], undefined, "5/24/00"],
    [[0x1d, 0x04, 0, 0, 4], list, "5/24/00"],
    [[0x1d, 0x10, 0, 0, 4], list, ""],
    [[0x1d, 0x10, 0, 0, 2], list.subarray(0, 2), "5/1a/00"],
    [[0x1d, 0x10, 0, 0, 5], Uint8Array.of(0, 0, 0, 0, 0), "5/1a/00"],
    [[0x1d, 0x10, 0, 0, 4], Uint8Array.of(0, 0, 0, 1), "5/26/00"],
    [[0x1d, 0x10, 0, 0, 4], Uint8Array.of(0x40, 0, 0, 0), "5/26/00"],
  ];
  for (const [cdb, dataOut, reason] of rows) {
    const result = await new FakeDevice().send(cdb, dataOut === undefined ? {} : { dataOut });
    assertEquals(result.reason, reason, cdb.join());
  }
});

Deno.test("RECEIVE DIAGNOSTIC RESULTS lists the only page", async () => {
  const device = new FakeDevice();
  assertEquals([...(await device.send([0x1c, 1, 0, 0, 255])).data], [0, 0, 0, 1, 0]);
  assertEquals([...(await device.send([0x1c, 0, 9, 0, 4])).data], [0, 0, 0, 1]);
  assertEquals((await device.send([0x1c, 1, 9, 0, 255])).reason, "5/24/00");
});
