import { assertEquals } from "@std/assert";
import { block32, compareAndWriteCdb, writeAtomicCdb } from "../../../lib/scsi/block_cdbs.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

function compareAndWrite(lba: number, blocks: number, fua = false): number[] {
  return [...compareAndWriteCdb.encode({ opcode: 0x89, lba, blocks, fua })];
}

function writeAtomic(lba: number, blocks: number, fua = false): number[] {
  return [...writeAtomicCdb.encode({ opcode: 0x9c, lba, blocks, fua })];
}

function writeAtomic32(lba: number, blocks: number, fua = false): number[] {
  return [...block32.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x0f, lba, blocks, fua })];
}

/** What is there is 5; the first half of the data expects it, the second replaces it by 6. */
function expectation(blocks: number): Uint8Array {
  return new Uint8Array(blocks * 1024).fill(5, 0, blocks * 512).fill(6, blocks * 512);
}

function device(options: ConstructorParameters<typeof ArrayStore>[1] = {}): FakeDevice {
  const store = new ArrayStore(0x8_0000, options);
  store.data.fill(5);
  return new FakeDevice({ store });
}

Deno.test("COMPARE AND WRITE writes where the medium is as expected", async () => {
  for (const late of [false, true]) {
    const target = device({ late });
    const { status, outcome, transferLength } = await target.send(compareAndWrite(4, 2), { dataOut: expectation(2) });
    assertEquals([status, outcome, transferLength], [0, "gather", 2048]);
    assertEquals([...target.store.data.subarray(2047, 2050)], [5, 6, 6]);
    assertEquals([target.store.data[3071], target.store.data[3072]], [6, 5]);
    assertEquals(target.store.calls, ["read 2048 1024", "write 2048 1024"]);
  }
});

Deno.test("COMPARE AND WRITE tells where the medium differs, and leaves it alone", async () => {
  for (const at of [0, 700, 1023]) {
    const target = device();
    target.store.data[2048 + at] = 9;
    const { reason, sense } = await target.send(compareAndWrite(4, 2), { dataOut: expectation(2) });
    assertEquals([reason, sense?.[0], sense?.subarray(3, 7)], ["e/1d/00", 0xf0, Uint8Array.of(0, 0, at >> 8, at)]);
    assertEquals(target.store.calls, ["read 2048 1024"]);
  }
});

Deno.test("COMPARE AND WRITE is flushed with FUA", async () => {
  const target = device();
  await target.send(compareAndWrite(0, 1, true), { dataOut: expectation(1) });
  assertEquals(target.store.calls.at(-1), "flush");
});

Deno.test("COMPARE AND WRITE wants data of the length that its CDB names, and no more blocks than are claimed", async (t) => {
  const rows = [
    { name: "of no blocks", cdb: compareAndWrite(0, 0), data: 0, reason: "" },
    { name: "of no blocks with data", cdb: compareAndWrite(0, 0), data: 1024, reason: "5/24/00" },
    { name: "with one half", cdb: compareAndWrite(0, 1), data: 512, reason: "5/0e/03" },
    { name: "with four halves", cdb: compareAndWrite(0, 1), data: 2048, reason: "5/0e/03" },
    { name: "at the end", cdb: compareAndWrite(1023, 1), data: 1024, reason: "" },
    { name: "beyond the end", cdb: compareAndWrite(1023, 2), data: 2048, reason: "5/21/00" },
    { name: "of all it can", cdb: compareAndWrite(0, 255), data: 255 * 1024, reason: "" },
  ];
  for (const { name, cdb, data, reason } of rows) {
    await t.step(name, async () => {
      const target = device();
      target.store.data.fill(0);
      assertEquals((await target.send(cdb, { dataOut: new Uint8Array(data) })).reason, reason);
    });
  }
  const large = new FakeDevice({ store: new ArrayStore(0x40_0000), blockSize: 4096 });
  const { reason, sense } = await large.send(compareAndWrite(0, 129), { dataOut: new Uint8Array(258 * 4096) });
  assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xc0, 0, 13)]);
});

Deno.test("WRITE ATOMIC hands its data over as a whole", async () => {
  for (const cdb of [writeAtomic(2, 3, true), writeAtomic32(2, 3, true)]) {
    const target = device();
    const { status, outcome } = await target.send(cdb, { dataOut: new Uint8Array(1536).fill(1) });
    assertEquals([status, outcome, target.store.calls], [0, "gather", ["write atomic 1024 1536", "flush"]]);
  }
});

Deno.test("WRITE ATOMIC takes no more than the store writes as a whole", async () => {
  for (const [write, at] of [[writeAtomic, 12], [writeAtomic32, 28]] as const) {
    const target = device({ atomicLength: 2048 });
    const most = await target.send(write(0, 4), { dataOut: new Uint8Array(2048) });
    const more = await target.send(write(0, 5), { dataOut: new Uint8Array(2560) });
    assertEquals([most.status, more.reason, more.sense?.[17]], [0, "5/24/00", at]);
    const outside = await target.send(write(1022, 3), { dataOut: new Uint8Array(1536) });
    assertEquals(outside.reason, "5/21/00");
  }
});

Deno.test("WRITE ATOMIC knows no boundaries", async () => {
  const [sixteen, thirtyTwo] = [writeAtomic(0, 1), writeAtomic32(0, 1)];
  sixteen[11] = 1;
  thirtyTwo[5] = 1;
  for (const cdb of [sixteen, thirtyTwo]) {
    assertEquals((await device().send(cdb, { dataOut: new Uint8Array(512) })).reason, "5/24/00");
  }
});

Deno.test("WRITE ATOMIC is not there when the store has nothing like it", async () => {
  const dataOut = new Uint8Array(512);
  assertEquals((await device({ atomicLength: 0 }).send(writeAtomic(0, 1), { dataOut })).reason, "5/20/00");
  // Other commands have the same operation code.
  assertEquals((await device({ atomicLength: 0 }).send(writeAtomic32(0, 1), { dataOut })).reason, "5/24/00");
});

Deno.test("what the store says becomes sense data, and the range is free again", async () => {
  const target = device();
  target.store.failure = new FakeStoreError("out-of-space");
  for (const cdb of [compareAndWrite(0, 1), writeAtomic(0, 2), writeAtomic32(0, 2)]) {
    assertEquals((await target.send(cdb, { dataOut: new Uint8Array(1024) })).reason, "7/27/07");
    assertEquals(target.unit.ranges.exclusive, 0);
  }
});
