import { assertEquals } from "@std/assert";
import { begin, finish } from "../../../lib/scsi/dispatch.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice, FakeTask } from "../../support/fake_task.ts";

const variants = [
  {
    name: "SYNCHRONIZE CACHE (10)",
    cdb: (flags: number, lba: number, n: number) => [0x35, flags, 0, 0, 0, lba, 0, 0, n],
  },
  {
    name: "SYNCHRONIZE CACHE (16)",
    cdb: (flags: number, lba: number, n: number) => [0x91, flags, 0, 0, 0, 0, 0, 0, 0, lba, 0, 0, 0, n],
  },
] as const;

for (const { name, cdb } of variants) {
  Deno.test(`${name} flushes, whatever its flags`, async () => {
    for (const flags of [0, 2, 4, 6]) {
      const device = new FakeDevice();
      assertEquals((await device.send(cdb(flags, 127, 1))).status, 0);
      assertEquals(device.store.calls, ["flush"]);
    }
  });

  Deno.test(`${name} waits for the flush unless IMMED`, async () => {
    const device = new FakeDevice({ store: new ArrayStore(0x1_0000, { late: true }) });
    assertEquals((await device.send(cdb(0, 0, 0))).outcome, "promise");
    assertEquals((await device.send(cdb(2, 0, 0))).outcome, "done");
  });

  Deno.test(`${name} refuses blocks that are not there`, async () => {
    const device = new FakeDevice();
    assertEquals((await device.send(cdb(0, 127, 2))).reason, "5/21/00");
    assertEquals(device.store.calls, []);
  });

  Deno.test(`${name} says when the flush fails`, async () => {
    const device = new FakeDevice();
    device.store.failure = new FakeStoreError("medium");
    const { reason, sense } = await device.send(cdb(0, 0, 0));
    assertEquals([reason, sense?.[0]], ["3/0c/00", 0x70]);
  });
}

Deno.test("SYNCHRONIZE CACHE that was aborted after IMMED still tells its nexus of a failure", async () => {
  const device = new FakeDevice({ store: new ArrayStore(0x1_0000, { late: true }) });
  device.store.failure = new FakeStoreError("out-of-space");
  const task = new FakeTask(device.nexus, 0, [0x35, 2]);
  begin(task);
  finish(task);
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  assertEquals((await device.send([0x00])).reason, "7/27/07");
});
