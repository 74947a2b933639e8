import { assert, assertEquals } from "@std/assert";
import { commands } from "../../lib/scsi/commands.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice, reasonOf } from "../support/fake_task.ts";

/** Numbers that look random and are the same in each run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  return (below) => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 0x1_0000_0000 * below);
  };
}

Deno.test("every CDB there can be ends with GOOD or with sense data, and moves no more than expected", async () => {
  const random = numbers(1);
  for (let round = 0; round < 20_000; round++) {
    const late = random(2) === 1;
    const store = new ArrayStore(0x1_0000, { late, blockSize: [1, 512, 4096][random(3)] as number });
    const device = new FakeDevice({ store, blockSize: 4096, removable: random(2) === 1, readOnly: random(4) === 0 });
    const row = commands[random(commands.length)];
    const wide = row?.length === 32;
    const cdb = Array.from({ length: wide ? 32 : 16 }, () => random(2) === 0 ? 0 : random(256));
    // Most of the time something like a command that exists.
    if (row !== undefined && random(8) > 0) {
      row.usageData.forEach((mask, i) => cdb[i] = i === 0 ? mask : (cdb[i] as number) & mask);
      if (row.hasServiceAction) cdb[1] = row.usageData[1] as number;
      // Most of them name few blocks near the beginning.
      const small = row.length - (wide ? 1 : 3);
      if (random(2) === 0) {
        for (let i = 2; i < row.length - (wide ? 0 : 2); i++) {
          cdb[i] = i === small ? random(12) : 0;
        }
      }
      if (wide) cdb.splice(7, 3, ...row.usageData.subarray(7, 10));
    }
    const expected = [0, 1, 200, 4096, 10_000][random(5)] as number;
    const options = random(2) === 0
      ? { dataIn: expected, windowSize: 1 + random(5000), crowded: random(2) === 0 }
      : { dataOut: new Uint8Array(expected).fill(round), pieceSize: 1 + random(5000) };
    const { status, sense, data, transferLength } = await device.send(cdb, options);
    const context = cdb.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    assert([0, 2, 4, 0x18].includes(status), context);
    assertEquals(sense === undefined, status !== 2, context);
    assert(reasonOf(sense) !== "4/44/00", context);
    assert(Number.isSafeInteger(transferLength) && transferLength >= 0, context);
    const taken = "dataIn" in options ? expected : 0;
    if (status === 0) {
      assertEquals(data.length, Math.min(taken, row?.data === "in" ? transferLength : data.length), context);
    }
    assert(data.length <= taken, context);
    assertEquals(device.unit.tasks.size, 0, context);
  }
});
