import { assertEquals } from "@std/assert";
import { writeSame10Cdb, writeSame16Cdb, writeSame32Cdb } from "../../../lib/scsi/block_cdbs.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice, FakeTask, sendTo } from "../../support/fake_task.ts";

interface Request {
  readonly lba: number;
  readonly blocks: number;
  readonly unmap?: boolean;
  readonly noDataOut?: boolean;
}

const variants: readonly { readonly name: string; readonly cdb: (request: Request) => number[] }[] = [
  { name: "WRITE SAME (10)", cdb: (request) => [...writeSame10Cdb.encode({ opcode: 0x41, ...request })] },
  { name: "WRITE SAME (16)", cdb: (request) => [...writeSame16Cdb.encode({ opcode: 0x93, ...request })] },
  {
    name: "WRITE SAME (32)",
    cdb: (request) => [
      ...writeSame32Cdb.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x0d, ...request }),
    ],
  },
];

/** 1024 blocks of fives, more than are written at a time. */
function device(thin = true, late = false): FakeDevice {
  const store = new ArrayStore(0x8_0000, { late });
  store.data.fill(5);
  return new FakeDevice({ store, thin });
}

const block = Uint8Array.from({ length: 512 }, (_, i) => i);
const zeros = new Uint8Array(512);

for (const { name, cdb } of variants) {
  Deno.test(`${name} writes one block to many`, async () => {
    for (const late of [false, true]) {
      const target = device(true, late);
      const { status, outcome, transferLength } = await target.send(cdb({ lba: 1, blocks: 1000 }), { dataOut: block });
      assertEquals([status, outcome, transferLength], [0, "gather", 512]);
      assertEquals(target.store.calls, ["write 512 262144", "write 262656 249856"]);
      for (const lba of [1, 513, 1000]) assertEquals(target.store.data.subarray(lba * 512, lba * 512 + 512), block);
      assertEquals([target.store.data[511], target.store.data[1001 * 512]], [5, 5]);
    }
  });

  Deno.test(`${name} leaves a block of zeros to the store, and gives blocks back with UNMAP`, async () => {
    const target = device();
    await target.send(cdb({ lba: 2, blocks: 4 }), { dataOut: zeros });
    await target.send(cdb({ lba: 2, blocks: 4, unmap: true }), { dataOut: zeros });
    assertEquals(target.store.calls, ["zero 1024 2048", "unmap 1024 2048"]);
  });

  Deno.test(`${name} with UNMAP writes what blocks would not read as that were given back`, async () => {
    const target = device();
    await target.send(cdb({ lba: 2, blocks: 1, unmap: true }), { dataOut: block });
    assertEquals(target.store.calls, ["write 1024 512"]);
  });

  Deno.test(`${name} of zero blocks goes to the end`, async () => {
    const target = device();
    assertEquals((await target.send(cdb({ lba: 1000, blocks: 0 }), { dataOut: zeros })).status, 0);
    assertEquals(target.store.calls, ["zero 512000 12288"]);
    assertEquals((await target.send(cdb({ lba: 1025, blocks: 0 }), { dataOut: zeros })).reason, "5/21/00");
  });

  Deno.test(`${name} wants exactly one block, and only blocks that are there`, async () => {
    const target = device();
    for (const length of [0, 511, 1024]) {
      const { reason } = await target.send(cdb({ lba: 0, blocks: 2 }), { dataOut: new Uint8Array(length) });
      assertEquals(reason, "5/0e/03");
    }
    assertEquals((await target.send(cdb({ lba: 1023, blocks: 2 }), { dataOut: zeros })).reason, "5/21/00");
    assertEquals(target.store.calls, []);
  });

  Deno.test(`${name} refuses UNMAP where blocks are always there`, async () => {
    const { reason, sense } = await device(false).send(cdb({ lba: 0, blocks: 1, unmap: true }), { dataOut: zeros });
    assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xcb, 0, name.includes("32") ? 10 : 1)]);
  });
}

for (const { name, cdb } of variants.slice(1)) {
  Deno.test(`${name} with NDOB takes zeros for granted`, async () => {
    const target = device();
    const { status, outcome, transferLength } = await target.send(cdb({ lba: 1, blocks: 2, noDataOut: true }));
    assertEquals([status, outcome, transferLength], [0, "promise", 0]);
    await target.send(cdb({ lba: 1, blocks: 2, noDataOut: true, unmap: true }));
    assertEquals(target.store.calls, ["zero 512 1024", "unmap 512 1024"]);
  });
}

Deno.test("WRITE SAME lets other work run in between, and stops when it is aborted", async () => {
  const store = new ArrayStore(0x8_0000);
  const breaths: string[] = [];
  const target = new FakeDevice({
    store,
    breathe: () => {
      breaths.push("breath");
      if (breaths.length === 2) task.aborted = true;
      return Promise.resolve();
    },
  });
  const cdb = [...writeSame16Cdb.encode({ opcode: 0x93, lba: 0, blocks: 1024 })];
  let task = new FakeTask(target.nexus, 0, cdb, { dataOut: block });
  await sendTo(task);
  assertEquals([breaths.length, store.calls.length], [1, 2]);
  task = new FakeTask(target.nexus, 0, cdb, { dataOut: block });
  await sendTo(task);
  assertEquals([breaths.length, store.calls.length], [2, 3]);
});
