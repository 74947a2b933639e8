import { assertEquals } from "@std/assert";
import { orWrite32Cdb } from "../../../lib/scsi/block_cdbs.ts";
import { block16 } from "../../../lib/scsi/cdb.ts";
import { sense } from "../../../lib/scsi/sense.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

interface Asked {
  readonly clear?: boolean;
  readonly expected?: number;
  readonly next?: number;
  readonly policy?: number;
  readonly fua?: boolean;
}

function orWrite16(lba: number, blocks: number): number[] {
  return [...block16.encode({ opcode: 0x8b, lba, blocks })];
}

function orWrite32(lba: number, blocks: number, asked: Asked = {}): number[] {
  const { clear = false, expected = 0, next = 0, policy = 0, fua = false } = asked;
  return [...orWrite32Cdb.encode({
    ...{ opcode: 0x7f, additionalLength: 24, serviceAction: 0x0e, lba, blocks, fua },
    ...{ bitmapOperation: clear ? 1 : 0, previousGenerationProcessing: policy },
    ...{ expectedGeneration: expected, newGeneration: next },
  })];
}

/** A disk full of 5s. */
function device(): FakeDevice {
  const store = new ArrayStore(0x1_0000);
  store.data.fill(5);
  return new FakeDevice({ store });
}

Deno.test("ORWRITE sets bits, whatever the pieces", async () => {
  for (const cdb of [orWrite16(1, 3), orWrite32(1, 3)]) {
    for (const pieceSize of [1536, 1000, 300]) {
      const target = device();
      const dataOut = new Uint8Array(1536).fill(0x0a);
      const { status, outcome } = await target.send(cdb, { dataOut, pieceSize });
      assertEquals([status, outcome], [0, "stream"]);
      assertEquals(target.store.data.subarray(512, 2048), new Uint8Array(1536).fill(0x0f));
      assertEquals([target.store.data[511], target.store.data[2048]], [5, 5]);
    }
  }
});

Deno.test("ORWRITE (32) clears bits, whatever the pieces, and begins a generation when all is done", async () => {
  for (const pieceSize of [1536, 1000, 300]) {
    const target = device();
    const dataOut = new Uint8Array(1536).fill(0x0c);
    const cdb = orWrite32(1, 3, { clear: true, next: 3, policy: 2, fua: true });
    assertEquals((await target.send(cdb, { dataOut, pieceSize })).status, 0);
    assertEquals(target.store.data.subarray(512, 2048), new Uint8Array(1536).fill(4));
    assertEquals([target.store.data[511], target.store.data[2048]], [5, 5]);
    assertEquals([target.unit.bitmapGenerations.current, target.store.calls.at(-1)], [3, "flush"]);
  }
});

Deno.test("ORWRITE of another generation sets bits, does nothing or fails, as the policy says", async (t) => {
  const rows = [
    { policy: 0, previous: 0x0f, other: undefined },
    { policy: 2, previous: 5, other: undefined },
    { policy: 3, previous: 0x0f, other: 0x0f },
    { policy: 5, previous: 5, other: 5 },
    { policy: 7, previous: undefined, other: undefined },
  ];
  const dataOut = new Uint8Array(512).fill(0x0a);
  for (const { policy, previous, other } of rows) {
    await t.step(`policy ${policy}`, async () => {
      const target = device();
      const change = orWrite32(0, 0, { clear: true, next: 8, policy });
      assertEquals((await target.send(change)).status, 0);
      const sent = [
        { cdb: orWrite32(0, 1, { expected: 8 }), byte: 0x0f },
        { cdb: orWrite32(0, 1, { expected: 0 }), byte: previous },
        { cdb: orWrite32(0, 1, { expected: 7 }), byte: other },
        // It has no generation, and counts as of the first.
        { cdb: orWrite16(0, 1), byte: previous },
      ];
      for (const { cdb, byte } of sent) {
        target.store.data.fill(5);
        const { reason } = await target.send(cdb, { dataOut });
        assertEquals([reason, target.store.data[0]], byte === undefined ? ["5/2c/0c", 5] : ["", byte]);
      }
    });
  }
});

Deno.test("ORWRITE (32) begins no generation that is not the one behind the current", async () => {
  const target = device();
  const change = (expected: number, next: number) => orWrite32(0, 1, { clear: true, expected, next, policy: 7 });
  const dataOut = new Uint8Array(512);
  assertEquals((await target.send(change(1, 2), { dataOut })).reason, "5/2c/0c");
  assertEquals([target.store.data[0], target.unit.bitmapGenerations.current], [5, 0]);
  assertEquals((await target.send(change(0, 2), { dataOut })).reason, "");
  assertEquals((await target.send(change(0, 3), { dataOut })).reason, "5/2c/0c");
  assertEquals(target.unit.bitmapGenerations.current, 2);
});

Deno.test("ORWRITE (32) begins one generation when two initiators want to at the same time", async () => {
  const store = new ArrayStore(0x1_0000, { late: true });
  const target = new FakeDevice({ store });
  const dataOut = new Uint8Array(512);
  const change = (lba: number, next: number) => target.send(orWrite32(lba, 1, { clear: true, next }), { dataOut });
  const ends = await Promise.all([change(0, 1), change(9, 2)]);
  assertEquals([ends.map(({ reason }) => reason), target.unit.bitmapGenerations.current], [["", "5/2c/0c"], 1]);
});

Deno.test("ORWRITE (32) begins a generation only when the blocks are written", async () => {
  const target = device();
  const change = orWrite32(0, 1, { clear: true, next: 2, policy: 7 });
  target.store.failure = new FakeStoreError("out-of-space");
  assertEquals((await target.send(change, { dataOut: new Uint8Array(512) })).reason, "7/27/07");
  // The initiator gives nothing for the blocks that it names.
  assertEquals((await target.send(change)).reason, "");
  assertEquals([target.unit.bitmapGenerations.current, target.unit.ranges.exclusive], [0, 0]);
});

Deno.test("ORWRITE (32) refuses operations and policies that there are none of", async () => {
  const target = device();
  const dataOut = new Uint8Array(512);
  const unknown = orWrite32(0, 1);
  unknown[2] = 2;
  const operation = await target.send(unknown, { dataOut });
  assertEquals([operation.reason, operation.sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xca, 0, 2)]);
  for (const policy of [1, 4, 6, 8, 15]) {
    const { reason, sense } = await target.send(orWrite32(0, 1, { clear: true, policy }), { dataOut });
    assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xcb, 0, 3)]);
    // What a set operation says of it is ignored.
    assertEquals((await target.send(orWrite32(0, 1, { policy }), { dataOut })).reason, "");
  }
  assertEquals((await target.send(orWrite32(127, 2), { dataOut })).reason, "5/21/00");
});

Deno.test("a hard reset ends all generations, a logical unit reset leaves them", async () => {
  const target = device();
  await target.send(orWrite32(0, 0, { clear: true, next: 6, policy: 3 }));
  target.unit.reset(sense.busDeviceReset);
  assertEquals(target.unit.bitmapGenerations.current, 6);
  target.unit.reset(sense.scsiBusReset);
  assertEquals(target.unit.bitmapGenerations.current, 0);
});

Deno.test("what the store says of ORWRITE becomes sense data, and the range is free again", async () => {
  const target = device();
  target.store.failure = new FakeStoreError("medium");
  for (const cdb of [orWrite16(0, 2), orWrite32(0, 2)]) {
    assertEquals((await target.send(cdb, { dataOut: new Uint8Array(1024) })).reason, "3/0c/00");
    assertEquals(target.unit.ranges.exclusive, 0);
  }
});
