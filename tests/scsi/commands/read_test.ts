import { assertEquals } from "@std/assert";
import { begin, DONE } from "../../../lib/scsi/dispatch.ts";
import { ArrayStore, type ArrayStoreOptions, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice, FakeTask, type FakeTaskOptions } from "../../support/fake_task.ts";

const blocks = 64;

/** 64 blocks of 1024 bytes in which every byte differs from its neighbours. */
function device(options: ArrayStoreOptions = {}): FakeDevice {
  const store = new ArrayStore(blocks * 1024, options);
  store.data.forEach((_, i) => store.data[i] = i * 7 + (i >> 8));
  return new FakeDevice({ store, blockSize: 1024 });
}

const variants: readonly { name: string; cdb: (lba: number, count: number) => number[] }[] = [
  { name: "READ (6)", cdb: (lba, count) => [0x08, 0, 0, lba, count, 0] },
  { name: "READ (10)", cdb: (lba, count) => [0x28, 0x18, 0, 0, 0, lba, 0x1f, 0, count, 0] },
  { name: "READ (12)", cdb: (lba, count) => [0xa8, 0, 0, 0, 0, lba, 0, 0, 0, count, 0, 0] },
  { name: "READ (16)", cdb: (lba, count) => [0x88, 0, 0, 0, 0, 0, 0, 0, 0, lba, 0, 0, 0, count, 0, 0] },
];

Deno.test("READ reads the blocks that each CDB names", async () => {
  for (const { name, cdb } of variants) {
    const target = device();
    const { data, status, transferLength, outcome } = await target.send(cdb(5, 3));
    assertEquals([status, transferLength, outcome], [0, 3072, "done"], name);
    assertEquals(data, target.store.data.subarray(5 * 1024, 8 * 1024), name);
  }
});

Deno.test("READ gives the same whatever the pieces, the store's blocks and its haste", async (t) => {
  for (const windowSize of [1024, 700, 513, 3, 100_000]) {
    for (const store of [{}, { late: true }, { blockSize: 512 }, { blockSize: 1024, late: true }]) {
      for (const crowded of [false, true]) {
        await t.step(`${windowSize} ${JSON.stringify(store)} ${crowded}`, async () => {
          const target = device(store);
          const { data, status } = await target.send([0x28, 0, 0, 0, 0, 61, 0, 0, 3, 0], { windowSize, crowded });
          assertEquals(status, 0);
          assertEquals(data, target.store.data.subarray(61 * 1024));
        });
      }
    }
  }
});

Deno.test("READ refuses blocks that are not there", async (t) => {
  const rows = [
    { name: "the last block and one more", cdb: [0x28, 0, 0, 0, 0, 63, 0, 0, 2] },
    { name: "none behind the end", cdb: [0x28, 0, 0, 0, 0, 65, 0, 0, 0] },
    { name: "256 with 6 bytes", cdb: [0x08, 0, 0, 0, 0] },
    { name: "an address of 2^63", cdb: [0x88, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
    { name: "an address that wraps round", cdb: [0x88, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 1] },
    { name: "2^32 - 1 blocks", cdb: [0xa8, 0, 0, 0, 0, 0, 255, 255, 255, 255] },
  ];
  for (const { name, cdb } of rows) {
    await t.step(name, async () => {
      const { reason, data, transferLength } = await device().send(cdb);
      assertEquals([reason, data.length, transferLength], ["5/21/00", 0, 0]);
    });
  }
});

Deno.test("READ of no blocks reads nothing", async () => {
  const target = device();
  for (const lba of [0, 64]) {
    const { status, transferLength } = await target.send([0x28, 0, 0, 0, 0, lba, 0, 0, 0]);
    assertEquals([status, transferLength, target.store.calls.length], [0, 0, 0]);
  }
});

Deno.test("READ gives no more than the initiator takes and says what there was", async () => {
  for (const dataIn of [0, 200, 1024, 2048, 5000]) {
    const options: FakeTaskOptions = { dataIn };
    const target = device({ blockSize: 512 });
    const { status, data, transferLength } = await target.send([0x28, 0, 0, 0, 0, 0, 0, 0, 2], options);
    assertEquals([status, transferLength], [0, 2048]);
    assertEquals(data, target.store.data.subarray(0, Math.min(2048, dataIn)));
  }
});

Deno.test("READ that fails in the middle says how far it came", async () => {
  for (const late of [false, true]) {
    const target = device({ late });
    target.store.before = () => {
      if (target.store.calls.length === 3) target.store.failure = new FakeStoreError("medium");
    };
    const read = await target.send([0x28, 0, 0, 0, 0, 10, 0, 0, 8], { windowSize: 2048 });
    assertEquals([read.reason, read.transferLength, read.sense?.[6]], ["3/11/00", 4096, 14]);
  }
});

Deno.test("READ stops when it is aborted", async () => {
  for (const late of [false, true]) {
    const target = device({ late });
    const task = new FakeTask(target.nexus, 0, [0x28, 0, 0, 0, 0, 0, 0, 0, 8], { windowSize: 1024 });
    target.store.before = () => task.aborted = true;
    const outcome = begin(task);
    if (late) await outcome;
    else assertEquals(outcome, DONE);
    assertEquals(target.store.calls.length, 1);
  }
});
