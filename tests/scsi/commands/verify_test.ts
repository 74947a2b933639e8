import { assertEquals } from "@std/assert";
import { ArrayStore, type ArrayStoreOptions, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

/** 1024 blocks of 512 bytes, more than a command reads at a time. */
function device(options: ArrayStoreOptions = {}): FakeDevice {
  const store = new ArrayStore(0x8_0000, options);
  store.data.forEach((_, i) => store.data[i] = i * 3 + (i >> 9));
  return new FakeDevice({ store });
}

const variants: readonly { name: string; cdb: (check: number, lba: number, count: number) => number[] }[] = [
  { name: "VERIFY (10)", cdb: (check, lba, count) => [0x2f, check, 0, 0, lba >> 8, lba, 0, count >> 8, count, 0] },
  {
    name: "VERIFY (12)",
    cdb: (check, lba, count) => [0xaf, check, 0, 0, lba >> 8, lba, 0, 0, count >> 8, count, 0, 0],
  },
  {
    name: "VERIFY (16)",
    cdb: (check, lba, count) => [0x8f, check, 0, 0, 0, 0, 0, 0, lba >> 8, lba, 0, 0, count >> 8, count, 0, 0],
  },
];

for (const { name, cdb } of variants) {
  Deno.test(`${name} without BYTCHK reads the medium and wants no data`, async () => {
    const target = device();
    const { status, transferLength } = await target.send(cdb(0x10, 1, 1023));
    assertEquals([status, transferLength], [0, 0]);
    assertEquals(target.store.calls, ["read 512 262144", "read 262656 261632"]);
    target.store.failure = new FakeStoreError("medium");
    assertEquals((await target.send(cdb(0, 1, 1))).reason, "3/11/00");
  });

  Deno.test(`${name} with BYTCHK 01b compares, whatever the pieces`, async (t) => {
    for (const options of [{}, { blockSize: 512, late: true }]) {
      for (const pieceSize of [1536, 1000, 511]) {
        await t.step(`${pieceSize} ${JSON.stringify(options)}`, async () => {
          const target = device(options);
          const dataOut = target.store.data.slice(512 * 300, 512 * 303);
          assertEquals((await target.send(cdb(2, 300, 3), { dataOut, pieceSize })).status, 0);
          for (const wrong of [0, 600, 1535]) {
            const changed = dataOut.slice();
            changed[wrong] = (changed[wrong] as number) ^ 1;
            const { reason, sense } = await target.send(cdb(2, 300, 3), { dataOut: changed, pieceSize });
            const lba = 300 + Math.floor(wrong / 512);
            assertEquals([reason, sense?.[0], sense?.[5], sense?.[6]], ["e/1d/00", 0xf0, lba >> 8, lba & 0xff]);
          }
        });
      }
    }
  });

  Deno.test(`${name} with BYTCHK 11b compares one block with all`, async () => {
    const target = device();
    const dataOut = new Uint8Array(512).fill(9);
    target.store.data.fill(9, 512 * 10, 512 * 1000);
    const good = await target.send(cdb(6, 10, 990), { dataOut });
    assertEquals([good.status, good.outcome, good.transferLength], [0, "gather", 512]);
    const { reason, sense } = await target.send(cdb(6, 10, 991), { dataOut });
    assertEquals([reason, sense?.[5], sense?.[6]], ["e/1d/00", 1000 >> 8, 1000 & 0xff]);
    const short = await target.send(cdb(6, 10, 1), { dataOut: dataOut.subarray(1) });
    assertEquals([short.reason, short.outcome], ["5/0e/03", "done"]);
  });

  Deno.test(`${name} refuses BYTCHK 10b and blocks that are not there`, async () => {
    const target = device();
    const reserved = await target.send(cdb(4, 0, 1));
    assertEquals([reserved.reason, reserved.sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xca, 0, 1)]);
    for (const check of [0, 2, 6]) assertEquals((await target.send(cdb(check, 1023, 2))).reason, "5/21/00");
  });

  Deno.test(`${name} of no blocks is done`, async () => {
    for (const check of [0, 2, 6]) {
      const { status, transferLength } = await device().send(cdb(check, 5, 0));
      assertEquals([status, transferLength], [0, 0]);
    }
  });
}

Deno.test("VERIFY lets other work run between its reads, and stops when it is aborted", async () => {
  let breaths = 0;
  const store = new ArrayStore(0x8_0000);
  const target = new FakeDevice({
    store,
    breathe: () => {
      breaths++;
      return Promise.resolve();
    },
  });
  await target.send([0x2f, 0, 0, 0, 0, 0, 0, 4, 0]);
  assertEquals([breaths, store.calls.length], [1, 2]);
});
