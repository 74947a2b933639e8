import { assertEquals, assertRejects } from "@std/assert";
import { TargetFailureError } from "../../lib/initiator/errors.ts";
import { RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { readAhs } from "../../lib/iscsi/pdu/ahs.ts";
import { dataIn, dataOut, r2t, scsiCommand, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { withSession } from "../support/scripted_target.ts";

const read10 = Uint8Array.of(0x28, 0, 0, 0, 0, 9, 0, 0, 2, 0);
const write10 = Uint8Array.of(0x2a, 0, 0, 0, 0, 9, 0, 0, 2, 0);
const lun = Uint8Array.of(0, 5, 0, 0, 0, 0, 0, 0);

Deno.test("a read gathers Data-In and takes the status of the last when that carries one", async () => {
  for (const most of [1, 50, 100000]) {
    await withSession(async (initiator, target) => {
      const expected = bytesOf(40000);
      const result = initiator.execute(read10, { lun: 5, dataIn: 40960 });
      const command = await target.expect(scsiCommand);
      assertEquals([command.read, command.write, command.final], [true, false, true]);
      assertEquals([command.lun, command.expectedDataTransferLength, command.attribute], [lun, 40960, 1]);
      assertEquals(command.cdb.subarray(0, 10), read10);
      const { initiatorTaskTag } = command;
      const first = { initiatorTaskTag, final: false, statSn: target.statSn };
      await target.send(dataIn, first, expected.subarray(0, 20000));
      const rest = { bufferOffset: 20000, dataSn: 1, hasStatus: true, underflow: true, residualCount: 960 };
      await target.send(dataIn, { initiatorTaskTag, ...rest }, expected.subarray(20000));
      assertEquals(await result, { status: 0, sense: new Uint8Array(0), data: expected, residual: 960, overflow: 0 });
    }, { stream: { most } });
  }
});

Deno.test("a read puts data where the caller wants it", async () => {
  await withSession(async (initiator, target) => {
    const into = new Uint8Array(4);
    const result = initiator.execute(read10, { dataIn: into });
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    await target.send(dataIn, { initiatorTaskTag, hasStatus: true }, Uint8Array.of(1, 2, 3, 4));
    await result;
    assertEquals(into, Uint8Array.of(1, 2, 3, 4));
  });
});

Deno.test("a command gives sense data and overflow when it ends with CHECK CONDITION", async () => {
  await withSession(async (initiator, target) => {
    const result = initiator.execute(read10, { dataIn: 4 });
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    const values = { initiatorTaskTag, status: 2, overflow: true, residualCount: 32 };
    await target.send(scsiResponse, values, Uint8Array.of(0, 3, 0x70, 0, 5, 99));
    const { status, sense, data, residual, overflow } = await result;
    assertEquals([status, data.length, residual, overflow], [2, 0, 0, 32]);
    assertEquals(sense, Uint8Array.of(0x70, 0, 5));
  });
});

const misplaced: readonly [name: string, bufferOffset: number, length: number][] = [
  ["begins too late", 4, 4],
  ["ends too late", 0, 9],
  ["begins beyond the end", 0xffffffff, 1],
];

for (const [name, bufferOffset, length] of misplaced) {
  Deno.test(`a read ends the session when Data-In ${name}`, async () => {
    await withSession(async (initiator, target) => {
      const result = initiator.execute(read10, { dataIn: 8 });
      const { initiatorTaskTag } = await target.expect(scsiCommand);
      await target.send(dataIn, { initiatorTaskTag, bufferOffset }, new Uint8Array(length));
      await assertRejects(() => result, ConnectionError, "Cannot take Data-In");
      await target.expectEnd();
    });
  });
}

/** What a write of 20000 bytes sends before it is asked, with MaxRecvDataSegmentLength=8192 at the target. */
const unasked: readonly [r2t: string, immediate: string, first: string, lengths: number[]][] = [
  ["Yes", "No", "16000", [0]],
  ["Yes", "Yes", "16000", [8192]],
  ["Yes", "Yes", "4096", [4096]],
  ["Yes", "Yes", "65536", [8192]],
  ["No", "No", "16000", [0, 8192, 7808]],
  ["No", "Yes", "16000", [8192, 7808]],
  ["No", "Yes", "8192", [8192]],
  ["No", "Yes", "65536", [8192, 8192, 3616]],
];

for (const [initialR2T, immediateData, first, lengths] of unasked) {
  const name = `InitialR2T=${initialR2T}, ImmediateData=${immediateData} and FirstBurstLength=${first}`;
  Deno.test(`a write sends segments of ${lengths} bytes unasked when ${name}`, async () => {
    await withSession(async (initiator, target) => {
      const data = bytesOf(20000);
      const result = initiator.execute(write10, { lun: 5, dataOut: data });
      const command = await target.expect(scsiCommand);
      assertEquals([command.read, command.write, command.expectedDataTransferLength], [false, true, 20000]);
      assertEquals([command.data.length, command.final], [lengths[0], lengths.length === 1]);
      assertEquals(command.data, data.subarray(0, command.data.length));
      let at = command.data.length;
      for (const [dataSn, length] of lengths.slice(1).entries()) {
        const out = await target.expect(dataOut);
        assertEquals([out.dataSn, out.bufferOffset, out.data.length], [dataSn, at, length]);
        assertEquals([out.final, out.targetTransferTag], [dataSn === lengths.length - 2, RESERVED_TAG]);
        assertEquals(out.data, data.subarray(at, at + length));
        at += length;
      }
      const { initiatorTaskTag } = command;
      await target.send(scsiResponse, { initiatorTaskTag });
      assertEquals((await result).status, 0);
    }, { answers: answers(initialR2T, immediateData, first) });
  });
}

Deno.test("a write sends what an R2T asks for, cut to what the target takes", async () => {
  await withSession(async (initiator, target) => {
    const data = bytesOf(20000);
    const result = initiator.execute(write10, { lun: 5, dataOut: data });
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    const asks = [[10000, 10000], [0, 10000]] as const;
    for (const [r2tSn, [bufferOffset, desiredDataTransferLength]] of asks.entries()) {
      const targetTransferTag = 500 + r2tSn;
      const ask = { initiatorTaskTag, targetTransferTag, r2tSn, bufferOffset, desiredDataTransferLength, lun };
      await target.send(r2t, { ...ask, statSn: target.statSn });
      for (const [dataSn, [at, length]] of [[0, 8192], [8192, 1808]].entries()) {
        const out = await target.expect(dataOut);
        assertEquals([out.initiatorTaskTag, out.targetTransferTag, out.lun], [
          initiatorTaskTag,
          targetTransferTag,
          lun,
        ]);
        assertEquals([out.dataSn, out.final], [dataSn, dataSn === 1]);
        const start = bufferOffset + (at as number);
        assertEquals([out.bufferOffset, out.data], [start, data.subarray(start, start + (length as number))]);
      }
    }
    await target.send(scsiResponse, { initiatorTaskTag, underflow: true, residualCount: 7 });
    assertEquals((await result).residual, 7);
  }, { answers: answers("Yes", "No", "65536") });
});

const impossible: readonly [name: string, bufferOffset: number, desiredDataTransferLength: number][] = [
  ["nothing", 0, 0],
  ["more than there is", 10, 11],
  ["more than MaxBurstLength", 0, 0x100000],
];

for (const [name, bufferOffset, desiredDataTransferLength] of impossible) {
  Deno.test(`a write ends the session when an R2T asks for ${name}`, async () => {
    await withSession(async (initiator, target) => {
      const result = initiator.execute(write10, { dataOut: new Uint8Array(20) });
      const { initiatorTaskTag } = await target.expect(scsiCommand);
      await target.send(r2t, { initiatorTaskTag, bufferOffset, desiredDataTransferLength, statSn: target.statSn });
      await assertRejects(() => result, ConnectionError, "Cannot send bytes");
    });
  });
}

Deno.test("a command carries an extended CDB when that is longer than 16 bytes", async () => {
  await withSession(async (initiator, target) => {
    const cdb = Uint8Array.from({ length: 32 }, (_, i) => i + 0x60);
    const result = initiator.execute(cdb);
    const command = await target.expect(scsiCommand);
    assertEquals(command.cdb, cdb.subarray(0, 16));
    assertEquals(readAhs(command.ahs).extendedCdb, cdb.subarray(16));
    await target.send(scsiResponse, { initiatorTaskTag: command.initiatorTaskTag });
    await result;
  });
});

Deno.test("a command fails when the target could not complete it", async () => {
  await withSession(async (initiator, target) => {
    const result = initiator.execute(read10);
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    await target.send(scsiResponse, { initiatorTaskTag, response: 1 });
    const error = await assertRejects(() => result, TargetFailureError);
    assertEquals(error.response, 1);
  });
});

function answers(initialR2T: string, immediateData: string, firstBurstLength: string): TextPair[] {
  return [
    ["InitialR2T", initialR2T],
    ["ImmediateData", immediateData],
    ["FirstBurstLength", firstBurstLength],
    ["MaxBurstLength", "65536"],
    ["MaxRecvDataSegmentLength", "8192"],
  ];
}

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8));
}
