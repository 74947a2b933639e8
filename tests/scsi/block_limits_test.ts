import { assertEquals, assertThrows } from "@std/assert";
import { blockLimits, checkLimit } from "../../lib/scsi/block_limits.ts";
import { ScsiError } from "../../lib/scsi/sense_data.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice } from "../support/fake_task.ts";

Deno.test("blockLimits() keeps what must be gathered below 1 MiB, whatever the block size", () => {
  for (const blockSize of [512, 4096, 65536]) {
    const store = new ArrayStore(0x1_0000, { atomicLength: 2 ** 40, unmapGranularity: 4096 });
    const limits = blockLimits(new FakeDevice({ store, blockSize }).unit);
    assertEquals(limits, {
      transfer: 2 ** 30 / blockSize,
      compareAndWrite: Math.min(255, 2 ** 19 / blockSize),
      atomic: 2 ** 20 / blockSize,
      unmapGranularity: Math.max(1, 4096 / blockSize),
      unmapAlignment: 0,
    });
  }
});

Deno.test("checkLimit() points at the field that is above its limit", () => {
  checkLimit(5, 5, { offset: 3 });
  const error = assertThrows(() => checkLimit(6, 5, { offset: 3 }), ScsiError);
  assertEquals(error.details, { pointer: { byte: 3 } });
});

Deno.test("READ, WRITE and VERIFY refuse more than the longest transfer", async () => {
  const device = new FakeDevice({ store: new ArrayStore(512) });
  device.unit.blocks = 2 ** 32;
  for (const opcode of [0x88, 0x8a]) {
    const cdb = [opcode, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 1, 0, 0];
    assertEquals((await device.send(cdb)).reason, "5/24/00");
  }
});
