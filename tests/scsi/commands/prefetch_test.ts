import { assertEquals } from "@std/assert";
import { block10, block16 } from "../../../lib/scsi/cdb.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";
import { settle } from "../../support/held_store.ts";

type Make = (lba: number, blocks: number, immed?: boolean) => number[];

const conditionMet = 4;
const variants: readonly { readonly name: string; readonly cdb: Make }[] = [
  {
    name: "PRE-FETCH (10)",
    cdb: (lba, blocks, immed = false) => [...block10.encode({ opcode: 0x34, lba, blocks, immed })],
  },
  {
    name: "PRE-FETCH (16)",
    cdb: (lba, blocks, immed = false) => [...block16.encode({ opcode: 0x90, lba, blocks, immed })],
  },
];

for (const { name, cdb } of variants) {
  Deno.test(`${name} reads its blocks and ends with CONDITION MET`, async () => {
    const device = new FakeDevice({ store: new ArrayStore(0x8_0000) });
    assertEquals((await device.send(cdb(1, 600))).status, conditionMet);
    assertEquals(device.store.calls, ["read 512 262144", "read 262656 45056"]);
  });

  Deno.test(`${name} of zero blocks goes to the end`, async () => {
    const device = new FakeDevice();
    assertEquals((await device.send(cdb(120, 0))).status, conditionMet);
    assertEquals(device.store.calls, ["read 61440 4096"]);
    assertEquals((await device.send(cdb(129, 0))).reason, "5/21/00");
    assertEquals((await device.send(cdb(127, 2))).reason, "5/21/00");
  });

  Deno.test(`${name} with IMMED does not wait, nor tell of what cannot be read`, async () => {
    const device = new FakeDevice({ store: new ArrayStore(0x8_0000, { late: true }) });
    assertEquals((await device.send(cdb(0, 600, true))).status, conditionMet);
    assertEquals(device.store.calls.length, 1);
    device.store.failure = new FakeStoreError("medium");
    await settle();
    assertEquals((await device.send(cdb(0, 1))).reason, "3/11/00");
  });
}

Deno.test("PRE-FETCH that asks for more than is kept ends with GOOD and reads nothing", async () => {
  const device = new FakeDevice({ store: new ArrayStore(512) });
  device.unit.blocks = 2 ** 30;
  assertEquals((await device.send([...block16.encode({ opcode: 0x90, lba: 0, blocks: 2 ** 20 })])).status, 0);
  assertEquals(device.store.calls, []);
});

Deno.test("SEEK goes to blocks that are there", async () => {
  const device = new FakeDevice();
  for (const cdb of [[0x0b, 0, 0, 127, 0, 0], [0x2b, 0, 0, 0, 0, 127, 0, 0, 0, 0]]) {
    assertEquals((await device.send(cdb)).status, 0);
  }
  for (const cdb of [[0x0b, 0, 0, 128, 0, 0], [0x2b, 0, 0, 0, 0, 128, 0, 0, 0, 0]]) {
    assertEquals((await device.send(cdb)).reason, "5/21/00");
  }
});
