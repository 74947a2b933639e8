import { assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { nopIn } from "../../lib/iscsi/pdu/nop.ts";
import { r2t } from "../../lib/iscsi/pdu/r2t.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { Recovery } from "../../lib/iscsi/recovery.ts";
import { runOf, type TransferRecord } from "../../lib/iscsi/transfer_record.ts";

/** A record of at most 64 KiB and what its pool has lent. */
function record(statSn = 10): { pool: BufferPool; recovery: Recovery } {
  const pool = new BufferPool();
  return { pool, recovery: new Recovery(pool, statSn, 65536) };
}

function sendData(recovery: Recovery, tag: number, dataSn: number, length: number, statSn?: number): void {
  const bytes = new Uint8Array(48 + length).fill(dataSn + 1);
  bytes.set(dataIn.encode({
    opcode: 0x25,
    final: statSn !== undefined,
    initiatorTaskTag: tag,
    dataSn,
    bufferOffset: dataSn * length,
    hasStatus: statSn !== undefined,
    statSn: statSn ?? 0,
  }));
  recovery.keep(bytes, 0, 48, length);
}

function sendStatus(recovery: Recovery, tag: number, statSn: number): void {
  recovery.keep(scsiResponse.encode({ opcode: 0x21, final: true, initiatorTaskTag: tag, statSn }), 0, 48, 0);
}

function transferOf(recovery: Recovery, tag: number): TransferRecord {
  const transfer = recovery.transfer(tag);
  if (transfer === undefined) throw new Error(`Cannot find the transfer ${tag}: nothing is kept of it`);
  return transfer;
}

/** What a SNACK asks for, of numbers 5 to 9. */
const runs = [
  { begRun: 0, runLength: 0, run: [5, 10] },
  { begRun: 5, runLength: 0, run: [5, 10] },
  { begRun: 7, runLength: 2, run: [7, 9] },
  { begRun: 9, runLength: 1, run: [9, 10] },
  { begRun: 4, runLength: 1, run: undefined },
  { begRun: 9, runLength: 2, run: undefined },
  { begRun: 10, runLength: 0, run: undefined },
  { begRun: 6, runLength: 0xffffffff, run: undefined },
] as const;

for (const { begRun, runLength, run } of runs) {
  Deno.test(`runOf() gives ${run?.join(" to ")} for ${runLength} from ${begRun}`, () => {
    assertEquals(runOf(begRun, runLength, 5, 10), run && { first: run[0], end: run[1] });
  });
}

Deno.test("runOf() counts on when numbers wrap", () => {
  assertEquals(runOf(0xfffffffe, 3, 0xfffffffd, 2), { first: 0xfffffffe, end: 1 });
});

Deno.test("keep() copies what it is given", () => {
  const { recovery } = record();
  const bytes = new Uint8Array(58).fill(7);
  bytes.set(dataIn.encode({ opcode: 0x25, initiatorTaskTag: 1 }));
  recovery.keep(bytes, 0, 48, 10);
  bytes.fill(0);
  assertEquals(transferOf(recovery, 1).dataIn[0]?.data, new Uint8Array(10).fill(7));
});

Deno.test("keep() keeps no ping of ours", () => {
  const { recovery } = record();
  recovery.keep(nopIn.encode({ opcode: 0x20, initiatorTaskTag: 0xffffffff, statSn: 10 }), 0, 48, 0);
  assertEquals([recovery.status(10), recovery.nextStatSn], [undefined, 10]);
});

Deno.test("acknowledge() gives back what ends with a status", () => {
  const { pool, recovery } = record();
  sendData(recovery, 1, 0, 8192);
  sendData(recovery, 1, 1, 8192, 10);
  sendData(recovery, 2, 0, 8192);
  sendStatus(recovery, 2, 11);
  assertEquals([recovery.kept, recovery.size, pool.lent > 0], [24576, 2, true]);
  recovery.acknowledge(11);
  assertEquals([recovery.kept, recovery.size, recovery.status(10), recovery.acknowledgedStatSn], [
    8192,
    1,
    undefined,
    11,
  ]);
  recovery.acknowledge(12);
  assertEquals([recovery.kept, recovery.size, pool.lent], [0, 0, 0]);
});

Deno.test("acknowledge() believes no number that was never sent, and none twice", () => {
  const { recovery } = record();
  sendStatus(recovery, 1, 10);
  for (const number of [13, 5, 10]) recovery.acknowledge(number);
  assertEquals([recovery.acknowledgedStatSn, recovery.nextStatSn], [10, 11]);
  recovery.acknowledge(11);
  recovery.acknowledge(10);
  assertEquals(recovery.acknowledgedStatSn, 11);
});

Deno.test("acknowledge() counts on when StatSN wraps", () => {
  const { recovery } = record(0xffffffff);
  sendStatus(recovery, 1, 0xffffffff);
  sendStatus(recovery, 2, 0);
  recovery.acknowledge(1);
  assertEquals([recovery.acknowledgedStatSn, recovery.size], [1, 0]);
});

Deno.test("acknowledgeData() gives back what is before a DataSN", () => {
  const { pool, recovery } = record();
  for (let dataSn = 0; dataSn < 4; dataSn++) sendData(recovery, 1, dataSn, 8192);
  const transfer = transferOf(recovery, 1);
  recovery.acknowledgeData(transfer, 3);
  assertEquals([transfer.acknowledged, transfer.nextDataSn, recovery.kept], [3, 4, 8192]);
  recovery.acknowledgeData(transfer, 2);
  assertEquals(transfer.acknowledged, 3);
  recovery.clear();
  assertEquals(pool.lent, 0);
});

Deno.test("the oldest data is forgotten when there is too much, statuses are not", () => {
  const { pool, recovery } = record();
  sendData(recovery, 1, 0, 32768);
  sendData(recovery, 1, 1, 16384, 10);
  sendData(recovery, 2, 0, 32768);
  const { dataIn: pdus } = transferOf(recovery, 1);
  assertEquals([pdus[0], pdus[1]?.data.length, recovery.kept], [undefined, 16384, 49152]);
  assertEquals(recovery.recut(transferOf(recovery, 1), 0, 8192), false);
  assertEquals(recovery.recut(transferOf(recovery, 1), 1, 8192), true);
  recovery.clear();
  assertEquals([pool.lent, recovery.kept], [0, 0]);
});

Deno.test("less is kept when the pool has lent half of what it may", () => {
  const pool = new BufferPool({ limit: 8 << 20 });
  const recovery = new Recovery(pool, 10);
  for (let dataSn = 0; dataSn < 40; dataSn++) sendData(recovery, 1, dataSn, 65536);
  assertEquals([recovery.kept, recovery.full], [40 * 65536, false]);
  const lent = pool.takeAnyway(1 << 20);
  const more = pool.takeAnyway(1 << 20);
  sendData(recovery, 1, 40, 65536);
  assertEquals(recovery.kept, 1 << 20);
  pool.give(lent);
  pool.give(more);
  recovery.clear();
  assertEquals(pool.lent, 0);
});

Deno.test("a detached record forgets nothing, and says that it is full", () => {
  const { recovery } = record();
  recovery.detached = true;
  for (let dataSn = 0; dataSn < 3; dataSn++) sendData(recovery, 1, dataSn, 32768);
  assertEquals([transferOf(recovery, 1).dataIn.includes(undefined), recovery.full], [false, true]);
  recovery.clear();
});

Deno.test("a task tag that is used again is of another command", () => {
  const { pool, recovery } = record();
  sendData(recovery, 1, 0, 8192);
  sendData(recovery, 1, 1, 8192, 10);
  sendData(recovery, 1, 0, 8192);
  assertEquals([transferOf(recovery, 1).nextDataSn, transferOf(recovery, 1).status], [1, undefined]);
  recovery.acknowledge(11);
  assertEquals([recovery.kept, recovery.size], [8192, 1]);
  recovery.forget(1);
  assertEquals([recovery.size, pool.lent], [0, 0]);
});

Deno.test("forget() leaves a command alone whose status is not acknowledged", () => {
  const { recovery } = record();
  sendStatus(recovery, 1, 10);
  recovery.forget(1);
  assertEquals(recovery.size, 1);
});

Deno.test("only the last sixteen R2Ts of a command are kept", () => {
  const { recovery } = record();
  for (let r2tSn = 0; r2tSn < 20; r2tSn++) {
    recovery.keep(r2t.encode({ opcode: 0x31, initiatorTaskTag: 1, r2tSn }), 0, 48, 0);
  }
  const { firstR2t, nextR2tSn, r2ts } = transferOf(recovery, 1);
  assertEquals([firstR2t, nextR2tSn, r2ts.length], [4, 20, 16]);
});

Deno.test("recut() cuts data anew, numbers it, and leaves the end to the last piece", () => {
  const { pool, recovery } = record();
  sendData(recovery, 1, 0, 8192);
  sendData(recovery, 1, 1, 8192, 10);
  const transfer = transferOf(recovery, 1);
  assertEquals(recovery.recut(transfer, 1, 3000), true);
  const pieces = transfer.dataIn.map((pdu) => pdu && dataIn.decode(pdu.header));
  assertEquals(pieces.map((piece) => [piece?.dataSn, piece?.bufferOffset, piece?.final, piece?.hasStatus]), [
    [1, 8192, false, false],
    [2, 11192, false, false],
    [3, 14192, true, true],
  ]);
  assertEquals([recovery.kept, recovery.status(10), transfer.status], [8192, transfer.dataIn[2], transfer.dataIn[2]]);
  recovery.acknowledge(11);
  assertEquals([recovery.kept, pool.lent], [0, 0]);
});

Deno.test("a command goes from one record to another with all that is kept of it", () => {
  const { pool, recovery: from } = record();
  const to = new Recovery(pool, 70);
  sendData(from, 1, 0, 8192);
  sendData(from, 1, 1, 8192, 10);
  const transfer = transferOf(from, 1);
  from.release(transfer);
  assertEquals([from.kept, from.size, from.status(10)], [0, 0, undefined]);
  to.adopt(transfer);
  to.adoptStatus(transfer, 70);
  assertEquals([to.kept, to.size, to.status(70), to.nextStatSn], [16384, 1, transfer.dataIn[1], 71]);
  from.clear();
  to.acknowledge(71);
  assertEquals([to.kept, to.size, pool.lent], [0, 0, 0]);
});

Deno.test("replaceStatus() puts another PDU in the place of a status", () => {
  const { pool, recovery } = record();
  sendData(recovery, 1, 0, 8192, 10);
  const transfer = transferOf(recovery, 1);
  recovery.replaceStatus(transfer, scsiResponse.encode({ opcode: 0x21, statSn: 10 }), new Uint8Array(4));
  assertEquals([recovery.status(10)?.data.length, transfer.status, recovery.kept], [4, recovery.status(10), 8196]);
  recovery.acknowledge(11);
  assertEquals([recovery.kept, pool.lent], [0, 0]);
});
