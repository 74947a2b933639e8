import { assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { KeptPdus, withoutEnd, withoutStatus } from "../../lib/iscsi/kept_pdus.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";

/** A Data-In with status that asks for an acknowledgement, and `length` bytes of data behind it. */
function last(length: number): Uint8Array {
  const bytes = new Uint8Array(48 + length).fill(7);
  bytes.set(dataIn.encode({
    ...{ opcode: 0x25, final: true, acknowledge: true, hasStatus: true, underflow: true, status: 8, statSn: 9 },
    ...{ initiatorTaskTag: 3, targetTransferTag: 4, dataSn: 2, bufferOffset: 1000, residualCount: 5 },
    lun: new Uint8Array(8).fill(1),
  }));
  return bytes;
}

for (const [length, lends] of [[4096, false], [4097, true]] as const) {
  Deno.test(`copy() of ${length} bytes ${lends ? "lies in" : "needs no"} buffer of the pool`, () => {
    const pool = new BufferPool();
    const memory = new KeptPdus(pool);
    const pdu = memory.copy(last(length), 0, 48, length);
    assertEquals([memory.bytes, pdu.data.length, pool.lent > 0], [length, length, lends]);
    memory.give(pdu);
    assertEquals([memory.bytes, pool.lent], [0, 0]);
  });
}

Deno.test("give() waits for the last who keeps a copy", () => {
  const memory = new KeptPdus(new BufferPool());
  const pdu = memory.copy(last(8), 0, 48, 8);
  pdu.keepers = 2;
  memory.give(pdu);
  assertEquals(memory.bytes, 8);
  memory.give(pdu);
  assertEquals(memory.bytes, 0);
});

Deno.test("cut() leaves the end to the last piece, and counts no byte twice", () => {
  const pool = new BufferPool();
  const memory = new KeptPdus(pool);
  const pieces = memory.cut(memory.copy(last(10_000), 0, 48, 10_000), 4096);
  assertEquals([memory.bytes, pool.lent], [10_000, 0]);
  assertEquals(
    pieces.map(({ header, data }) => {
      const { final, hasStatus, bufferOffset } = dataIn.decode(header);
      return [final, hasStatus, bufferOffset, data.length];
    }),
    [[false, false, 1000, 4096], [false, false, 5096, 4096], [true, true, 9192, 1808]],
  );
});

Deno.test("less is allowed when the pool has lent half of what it may", () => {
  const pool = new BufferPool({ limit: 4 << 20 });
  const memory = new KeptPdus(pool);
  assertEquals(memory.allowed, 16 << 20);
  for (let i = 0; i < 3; i++) pool.take(1 << 20);
  assertEquals(memory.allowed, 1 << 20);
});

Deno.test("withoutStatus() leaves what a Data-In without status has, and F and A", () => {
  const header = last(0);
  withoutStatus(header);
  const { final, acknowledge, hasStatus, underflow, status, statSn, residualCount } = dataIn.decode(header);
  assertEquals([final, acknowledge, hasStatus, underflow, status, statSn, residualCount], [
    ...[true, true, false, false, 0, 0, 0],
  ]);
});

Deno.test("withoutEnd() leaves what a Data-In in the middle has", () => {
  const header = last(0);
  withoutEnd(header);
  const { final, acknowledge, hasStatus, targetTransferTag, lun, dataSn } = dataIn.decode(header);
  assertEquals([final, acknowledge, hasStatus, targetTransferTag, dataSn], [false, false, false, 0xffffffff, 2]);
  assertEquals(lun, new Uint8Array(8));
});
