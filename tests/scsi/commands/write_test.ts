import { assertEquals } from "@std/assert";
import { ArrayStore, type ArrayStoreOptions, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

function device(options: ArrayStoreOptions = {}): FakeDevice {
  return new FakeDevice({ store: new ArrayStore(64 * 1024, options), blockSize: 1024 });
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8) + 1);
}

const variants: readonly { name: string; cdb: (lba: number, count: number) => number[] }[] = [
  { name: "WRITE (6)", cdb: (lba, count) => [0x0a, 0, 0, lba, count, 0] },
  { name: "WRITE (10)", cdb: (lba, count) => [0x2a, 0x10, 0, 0, 0, lba, 0x1f, 0, count, 0] },
  { name: "WRITE (12)", cdb: (lba, count) => [0xaa, 0, 0, 0, 0, lba, 0, 0, 0, count, 0, 0] },
  { name: "WRITE (16)", cdb: (lba, count) => [0x8a, 0, 0, 0, 0, 0, 0, 0, 0, lba, 0, 0, 0, count, 0, 0] },
];

Deno.test("WRITE writes the blocks that each CDB names", async () => {
  for (const { name, cdb } of variants) {
    const target = device();
    const dataOut = pattern(3072);
    const { status, transferLength, outcome } = await target.send(cdb(5, 3), { dataOut });
    assertEquals([status, transferLength, outcome], [0, 3072, "stream"], name);
    assertEquals(target.store.data.subarray(5 * 1024, 8 * 1024), dataOut, name);
    assertEquals(target.store.calls, ["write 5120 3072"], name);
  }
});

Deno.test("WRITE writes the same whatever the pieces and the store's blocks", async (t) => {
  for (const pieceSize of [8192, 1024, 2048, 1000, 1, 3000, 1025]) {
    for (const options of [{}, { late: true }, { blockSize: 1024 }, { blockSize: 512, late: true }]) {
      await t.step(`${pieceSize} ${JSON.stringify(options)}`, async () => {
        const target = device(options);
        const dataOut = pattern(8192);
        const { status } = await target.send([0x2a, 0, 0, 0, 0, 3, 0, 0, 8], { dataOut, pieceSize });
        assertEquals(status, 0);
        assertEquals(target.store.data.subarray(3072, 3072 + 8192), dataOut);
        assertEquals(target.store.data.subarray(3072 + 8192).every((byte) => byte === 0), true);
      });
    }
  }
});

Deno.test("WRITE writes whole blocks only when the initiator gives less than the CDB names", async (t) => {
  const rows = [
    { given: 0, written: 0, outcome: "done" },
    { given: 200, written: 0, outcome: "stream" },
    { given: 1024, written: 1024, outcome: "stream" },
    { given: 1500, written: 1024, outcome: "stream" },
  ];
  for (const { given, written, outcome } of rows) {
    for (const pieceSize of [given, 100]) {
      await t.step(`${given} in pieces of ${pieceSize}`, async () => {
        const target = device({ blockSize: 1024 });
        const dataOut = pattern(given);
        const result = await target.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 2], { dataOut, pieceSize });
        assertEquals([result.status, result.transferLength, result.outcome], [0, 2048, outcome]);
        assertEquals(target.store.data.subarray(0, written), dataOut.subarray(0, written));
        assertEquals(target.store.data.subarray(written).every((byte) => byte === 0), true);
      });
    }
  }
});

Deno.test("WRITE takes no more than the CDB names", async () => {
  const target = device();
  await target.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: pattern(2048) });
  assertEquals(target.store.data.subarray(0, 1024), pattern(1024));
  assertEquals(target.store.data.subarray(1024).every((byte) => byte === 0), true);
});

Deno.test("WRITE of no blocks is done at once", async () => {
  const { status, outcome } = await device().send([0x2a, 0, 0, 0, 0, 0, 0, 0, 0], { dataOut: pattern(1024) });
  assertEquals([status, outcome], [0, "done"]);
});

Deno.test("WRITE refuses blocks that are not there before data moves", async () => {
  const { reason, outcome, transferLength } = await device().send([0x2a, 0, 0, 0, 0, 63, 0, 0, 2], {
    dataOut: pattern(2048),
  });
  assertEquals([reason, outcome, transferLength], ["5/21/00", "done", 0]);
});

Deno.test("WRITE flushes after the last piece with FUA, and only where there is a cache", async (t) => {
  const fua = [0x2a, 0x08, 0, 0, 0, 0, 0, 0, 2];
  const rows = [
    { name: "FUA", options: {}, cdb: fua, flushes: 1 },
    { name: "FUA, late", options: { late: true }, cdb: fua, flushes: 1 },
    { name: "FUA in odd pieces", options: {}, cdb: fua, pieceSize: 1000, flushes: 1 },
    { name: "FUA without a cache", options: { volatileCache: false }, cdb: fua, flushes: 0 },
    { name: "no FUA", options: {}, cdb: [0x2a, 0, 0, 0, 0, 0, 0, 0, 2], flushes: 0 },
    { name: "an LBA of WRITE (6) that looks like FUA", options: {}, cdb: [0x0a, 0, 0, 8, 2], flushes: 0 },
  ];
  for (const { name, options, cdb, pieceSize = 1024, flushes } of rows) {
    await t.step(name, async () => {
      const target = device(options);
      assertEquals((await target.send(cdb, { dataOut: pattern(2048), pieceSize })).status, 0);
      assertEquals(target.store.calls.filter((call) => call === "flush").length, flushes);
      if (flushes > 0) assertEquals(target.store.calls.at(-1), "flush");
    });
  }
});

Deno.test("WRITE stops at the first failure and names the block", async () => {
  for (const late of [false, true]) {
    const target = device({ late });
    target.store.before = () => {
      if (target.store.calls.length === 3) target.store.failure = new FakeStoreError("medium");
    };
    const result = await target.send([0x2a, 0, 0, 0, 0, 10, 0, 0, 8], { dataOut: pattern(8192), pieceSize: 2048 });
    assertEquals([result.reason, result.sense?.[6], target.store.calls.length], ["3/0c/00", 14, 3]);
  }
});
