import { assert, assertEquals } from "@std/assert";
import { rejectReason, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { consume, gather, MAX_GATHER, proceedGathering, REGION } from "../../lib/iscsi/data_out.ts";
import { dataOut } from "../../lib/iscsi/pdu/data_out.ts";
import { r2t } from "../../lib/iscsi/pdu/r2t.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { type IscsiTask, phase } from "../../lib/iscsi/task.ts";
import { Core, type CoreOptions } from "../support/core.ts";
import { Prng } from "../support/prng.ts";

/** A write of `length` bytes that the device server wants to take. */
function write(core: Core, length: number, options: { data?: Uint8Array; final?: boolean; whole?: boolean } = {}) {
  const task = core.command(
    { write: true, final: options.final ?? true, expectedDataTransferLength: length },
    options.data,
  );
  task.transferLength = length;
  gather(task, options.whole ?? false);
  return task;
}

/** Answers an R2T with the bytes of `all` that it asks for, cut at `most` bytes. */
function answer(core: Core, all: Uint8Array, most = 65536): void {
  const { initiatorTaskTag, targetTransferTag, bufferOffset, desiredDataTransferLength } = core.flush().expect(r2t);
  for (let at = 0, dataSn = 0; at < desiredDataTransferLength; at += most, dataSn++) {
    const from = bufferOffset + at;
    const end = Math.min(from + most, bufferOffset + desiredDataTransferLength);
    const final = end === bufferOffset + desiredDataTransferLength;
    core.send(
      dataOut,
      { initiatorTaskTag, targetTransferTag, dataSn, bufferOffset: from, final },
      all.slice(from, end),
    );
  }
}

/** Takes pieces as a device server does until the last one, and returns everything that has come. */
function takeAll(core: Core, task: IscsiTask, all: Uint8Array, most?: number): Uint8Array {
  const taken = new Uint8Array(all.length);
  for (;;) {
    while (task.phase === phase.gathering) answer(core, all, most);
    assertEquals(core.next(), task);
    taken.set(task.data, task.dataOffset);
    const last = task.dataLast;
    consume(task);
    if (last) return taken;
    task.phase = phase.gathering;
    proceedGathering(task);
  }
}

const shapes: readonly [what: string, length: number, options: CoreOptions][] = [
  ["one R2T", 512, {}],
  ["a burst per R2T", 200_000, { parameters: { maxBurstLength: 65536 } }],
  ["a region per R2T", REGION * 2 + 1000, { parameters: { maxBurstLength: 1 << 20 } }],
  ["odd bursts", 100_001, { parameters: { maxBurstLength: 1000 } }],
  ["several R2Ts at a time", 1 << 20, { parameters: { maxBurstLength: 262144, maxOutstandingR2T: 4 } }],
  ["digests", 100_001, { connection: { headerDigest: true, dataDigest: true } }],
  ["no memory", REGION * 2, { limit: 0, parameters: { maxOutstandingR2T: 4 } }],
];

for (const [what, length, options] of shapes) {
  for (const immediate of [0, 500, 8192]) {
    Deno.test(`gather() puts ${length} bytes in their places with ${what} and ${immediate} immediate bytes`, () => {
      const core = new Core(options);
      const all = new Prng(length).fill(new Uint8Array(length));
      const task = write(core, length, { data: all.slice(0, Math.min(immediate, length)) });
      assertEquals(takeAll(core, task, all, 8192), all);
      core.session.complete(task);
      assertEquals(core.flush().expect(scsiResponse).status, 0);
      assertEquals(core.end(), 0);
    });
  }
}

Deno.test("gather() asks for everything at once when the command wants it whole", () => {
  const core = new Core({ parameters: { maxBurstLength: 1 << 20 } });
  const all = new Prng(3).fill(new Uint8Array(MAX_GATHER));
  const task = write(core, MAX_GATHER, { whole: true, data: all.slice(0, 4096) });
  answer(core, all);
  core.next();
  assertEquals([task.data.length, task.dataLast], [MAX_GATHER, true]);
  assertEquals(task.data, all);
  assertEquals(core.end(), 0);
});

Deno.test("gather() fails a command that wants more at once than there is room for", () => {
  const core = new Core();
  const task = write(core, MAX_GATHER + 1, { whole: true });
  assertEquals([core.next(), task.status, task.sense?.[13]], [task, 2, 0x0d]);
  core.flush().expectNothing();
});

Deno.test("gather() takes no more than the command does when more came with it", () => {
  const core = new Core();
  const task = core.command({ write: true, expectedDataTransferLength: 1024 }, new Uint8Array(1024).fill(5));
  task.transferLength = 512;
  gather(task, false);
  assertEquals([core.next().data.length, task.dataLast], [512, true]);
  consume(task);
  core.session.complete(task);
  const { underflow, residualCount } = core.flush().expect(scsiResponse);
  assertEquals([underflow, residualCount], [true, 512]);
});

Deno.test("gather() asks for no more than MaxOutstandingR2T allows", () => {
  const core = new Core({ parameters: { maxOutstandingR2T: 3, maxBurstLength: 1 << 20 } });
  write(core, 5 * REGION);
  const offsets = [0, 1, 2].map((r2tSn) => {
    const asked = core.flush().expect(r2t);
    assertEquals(asked.r2tSn, r2tSn);
    return asked.bufferOffset;
  });
  core.initiator.expectNothing();
  assertEquals(offsets, [0, REGION, 2 * REGION]);
  assertEquals(core.end(), 0);
});

Deno.test("gather() waits for unsolicited data before it asks for the rest", () => {
  const core = new Core({ parameters: { initialR2T: false, firstBurstLength: 4096 } });
  const all = new Prng(4).fill(new Uint8Array(8192));
  const task = write(core, 8192, { data: all.slice(0, 1024), final: false });
  core.flush().expectNothing();
  const { initiatorTaskTag } = task;
  core.send(dataOut, { initiatorTaskTag, dataSn: 0, bufferOffset: 1024, final: false }, all.slice(1024, 2048));
  core.flush().expectNothing();
  core.send(dataOut, { initiatorTaskTag, dataSn: 1, bufferOffset: 2048 }, all.slice(2048, 4096));
  assertEquals(takeAll(core, task, all), all);
});

interface Wrong {
  readonly what: string;
  readonly values: Record<string, unknown>;
  readonly length?: number;
  readonly reason: number;
  /** Additional sense code qualifier of the status; absent when the command goes on. */
  readonly qualifier?: number;
}

const wrongs: readonly Wrong[] = [
  { what: "a DataSN that is not next", values: { dataSn: 1 }, reason: rejectReason.invalidPduField, qualifier: 0x0d },
  {
    what: "an offset that is not next",
    values: { bufferOffset: 4 },
    reason: rejectReason.invalidPduField,
    qualifier: 13,
  },
  { what: "more than was asked for", values: {}, length: 1028, reason: rejectReason.invalidPduField, qualifier: 0x0d },
  { what: "a tag of no R2T", values: { targetTransferTag: 0x7fffffff }, reason: rejectReason.protocolError },
  { what: "data that was not asked for", values: { targetTransferTag: RESERVED_TAG }, reason: 4, qualifier: 0x0c },
  { what: "a task tag of no command", values: { initiatorTaskTag: 0x6666 }, reason: rejectReason.protocolError },
];

for (const { what, values, length = 1024, reason, qualifier } of wrongs) {
  Deno.test(`receive() rejects Data-Out with ${what}`, () => {
    const core = new Core();
    const task = write(core, 1024);
    const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
    core.send(dataOut, { initiatorTaskTag, targetTransferTag, ...values }, new Uint8Array(length));
    assertEquals(core.flush().expect(reject).reason, reason);
    assertEquals([task.status, task.sense?.[13]], qualifier === undefined ? [0, undefined] : [2, qualifier]);
    assertEquals(core.end(), 0);
  });
}

Deno.test("receive() fails a command whose sequence ends before everything has come", () => {
  const core = new Core();
  const task = write(core, 1024);
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  core.send(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(512));
  assertEquals([core.next().status, task.sense?.[13]], [2, 0x0d]);
  core.session.complete(task);
  assertEquals(core.flush().expect(scsiResponse).status, 2);
  assertEquals(core.end(), 0);
});

Deno.test("receive() rejects damaged data and ends its command when the sequence is over", () => {
  const core = new Core({ connection: { dataDigest: true } });
  const task = write(core, 40_000);
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  const tags = { initiatorTaskTag, targetTransferTag };
  const data = new Uint8Array(20_000);
  core.receive(core.initiator.pdu(dataOut, { ...tags, final: false }, data, { badDataDigest: true }));
  assertEquals(core.flush().expect(reject).reason, rejectReason.dataDigestError);
  core.session.complete(core.next());
  core.flush().expectNothing();
  core.send(dataOut, { ...tags, dataSn: 1, bufferOffset: 20_000 }, data);
  core.flush();
  while (core.initiator.next()?.name === "reject");
  assertEquals([task.phase, core.session.tasks.size], [phase.free, 0]);
  assertEquals(core.end(), 0);
});

Deno.test("receive() ignores data for a command that has just ended", () => {
  const core = new Core();
  const task = write(core, 1024);
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  core.session.abortTasks();
  core.session.release(core.next());
  assertEquals(task.phase, phase.free);
  core.send(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(1024));
  core.flush().expectNothing();
});

Deno.test("release() leaves a buffer to the segment that is coming into it when the task is aborted", () => {
  const core = new Core();
  const task = write(core, REGION);
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  const bytes = core.initiator.pdu(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(REGION).fill(1));
  core.receive(bytes.subarray(0, 100_000));
  const { buffer } = task.bursts[0] as NonNullable<typeof task.bursts[0]>;
  core.session.abortTasks();
  core.session.release(core.next());
  const next = core.pool.takeAnyway(REGION);
  assert(next.buffer !== buffer.buffer);
  next.fill(2);
  core.receive(bytes.subarray(100_000));
  assert(next.every((byte) => byte === 2));
  core.pool.give(next);
  assertEquals(core.session.bursts.lent, 0);
  assertEquals(core.end(), 0);
});
