import { assertEquals } from "@std/assert";
import { block32 } from "../../../lib/scsi/block_cdbs.ts";
import { block10, block12, block16 } from "../../../lib/scsi/cdb.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

type Make = (bytchk: number, lba: number, blocks: number) => number[];

const variants: readonly { readonly name: string; readonly cdb: Make }[] = [
  {
    name: "WRITE AND VERIFY (10)",
    cdb: (bytchk, lba, blocks) => [...block10.encode({ opcode: 0x2e, bytchk, lba, blocks })],
  },
  {
    name: "WRITE AND VERIFY (12)",
    cdb: (bytchk, lba, blocks) => [...block12.encode({ opcode: 0xae, bytchk, lba, blocks })],
  },
  {
    name: "WRITE AND VERIFY (16)",
    cdb: (bytchk, lba, blocks) => [...block16.encode({ opcode: 0x8e, bytchk, lba, blocks })],
  },
  {
    name: "WRITE AND VERIFY (32)",
    cdb: (bytchk, lba, blocks) => [
      ...block32.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x0c, bytchk, lba, blocks }),
    ],
  },
];

for (const { name, cdb } of variants) {
  Deno.test(`${name} writes, reads back and flushes, whatever the pieces`, async () => {
    for (const bytchk of [0, 1]) {
      for (const pieceSize of [1536, 700]) {
        const target = new FakeDevice();
        const dataOut = Uint8Array.from({ length: 1536 }, (_, i) => i * 3);
        assertEquals((await target.send(cdb(bytchk, 4, 3), { dataOut, pieceSize })).status, 0);
        assertEquals(target.store.data.subarray(2048, 3584), dataOut);
        assertEquals(target.store.calls.filter((call) => call === "flush"), ["flush"]);
        assertEquals(target.store.calls.slice(0, 2).map((call) => call.split(" ")[0]), ["write", "read"]);
      }
    }
  });

  Deno.test(`${name} with BYTCHK finds what the medium does not keep`, async () => {
    const store = new ArrayStore(0x1_0000);
    store.before = () => void (store.data[2048 + 600] = 99);
    const dataOut = new Uint8Array(1024);
    const { reason, sense } = await new FakeDevice({ store }).send(cdb(1, 4, 2), { dataOut });
    assertEquals([reason, sense?.[6]], ["e/1d/00", 5]);
    assertEquals((await new FakeDevice({ store }).send(cdb(0, 4, 2), { dataOut })).status, 0);
  });

  Deno.test(`${name} refuses other values of BYTCHK and blocks that are not there`, async () => {
    const target = new FakeDevice();
    const dataOut = new Uint8Array(512);
    for (const bytchk of [2, 3]) assertEquals((await target.send(cdb(bytchk, 0, 1), { dataOut })).reason, "5/24/00");
    assertEquals((await target.send(cdb(0, 127, 2), { dataOut })).reason, "5/21/00");
    assertEquals((await new FakeDevice({ readOnly: true }).send(cdb(0, 0, 1), { dataOut })).reason, "7/27/00");
  });
}
