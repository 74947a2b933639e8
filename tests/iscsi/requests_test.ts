import { assert, assertEquals } from "@std/assert";
import { logoutOutcome, logoutReason, rejectReason, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { logoutRequest, logoutResponse } from "../../lib/iscsi/pdu/logout.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { textRequest, textResponse } from "../../lib/iscsi/pdu/text.ts";
import { encodeText } from "../../lib/iscsi/text.ts";
import { Core, type CoreOptions } from "../support/core.ts";
import { Prng } from "../support/prng.ts";

const pings: readonly [length: number, options: CoreOptions, echoed: number][] = [
  [0, {}, 0],
  [1, {}, 1],
  [1000, {}, 1000],
  [1000, { connection: { initiatorMaxRecvDataSegmentLength: 512 } }, 512],
  [100_000, {}, 100_000],
  [1001, { connection: { headerDigest: true, dataDigest: true } }, 1001],
];

for (const [length, options, echoed] of pings) {
  Deno.test(`NOP-Out of ${length} bytes is answered with ${echoed} of them`, () => {
    const core = new Core(options);
    core.connection.statSn = 5;
    const data = new Prng(length).fill(new Uint8Array(length));
    core.send(nopOut, { initiatorTaskTag: 77, lun: encodeLun(9) }, data);
    const answer = core.flush().expect(nopIn);
    assertEquals([answer.initiatorTaskTag, answer.targetTransferTag, answer.statSn], [77, RESERVED_TAG, 5]);
    assertEquals([answer.lun, answer.expCmdSn], [encodeLun(9), 2]);
    assertEquals(answer.data, data.subarray(0, echoed));
    assertEquals(core.end(), 0);
  });
}

Deno.test("NOP-Out without a task tag is not answered", () => {
  const core = new Core();
  core.send(nopOut, { immediate: true, initiatorTaskTag: RESERVED_TAG });
  core.flush().expectNothing();
});

Deno.test("a Text Request changes the longest data segment both ways when the exchange has ended", () => {
  const core = new Core();
  core.send(textRequest, {}, encodeText([["MaxRecvDataSegmentLength", "4096"]]));
  const [answer, pairs] = core.flush().expectText(textResponse);
  assertEquals([answer.final, answer.targetTransferTag, answer.expCmdSn], [true, RESERVED_TAG, 2]);
  assertEquals(pairs, [["MaxRecvDataSegmentLength", "262144"]]);
  assertEquals([core.connection.maxDataIn, core.connection.deframer.maxDataSegmentLength], [4096, 262144]);
});

Deno.test("a Text Request that makes no sense is rejected", () => {
  const core = new Core();
  core.send(textRequest, { targetTransferTag: 5 });
  assertEquals(core.flush().expect(reject).reason, rejectReason.invalidPduField);
});

interface Leaving {
  readonly reason: number;
  readonly cid: number;
  readonly outcome: number;
  readonly closing: boolean;
}

const logouts: readonly Leaving[] = [
  { reason: logoutReason.closeSession, cid: 1, outcome: logoutOutcome.closed, closing: true },
  { reason: logoutReason.closeSession, cid: 99, outcome: logoutOutcome.closed, closing: true },
  { reason: logoutReason.closeConnection, cid: 1, outcome: logoutOutcome.closed, closing: true },
  { reason: logoutReason.closeConnection, cid: 2, outcome: logoutOutcome.cidNotFound, closing: false },
  { reason: logoutReason.removeForRecovery, cid: 1, outcome: logoutOutcome.recoveryNotSupported, closing: false },
  { reason: logoutReason.removeForRecovery, cid: 2, outcome: logoutOutcome.cidNotFound, closing: false },
];

for (const { reason, cid, outcome, closing } of logouts) {
  Deno.test(`a logout for reason ${reason} of connection ${cid} is answered with ${outcome}`, () => {
    const core = new Core();
    core.send(logoutRequest, { reason, cid, initiatorTaskTag: 3 });
    const { response, initiatorTaskTag, time2Wait, final } = core.flush().expect(logoutResponse);
    assertEquals([response, initiatorTaskTag, time2Wait, final], [outcome, 3, 2, true]);
    assertEquals([core.connection.loggedOut, core.connection.closing], [closing, closing]);
    assertEquals(core.connection.nextEvent()?.kind, closing ? "logout" : undefined);
  });
}

Deno.test("a logout for a reason that there is not is rejected", () => {
  const core = new Core();
  core.send(logoutRequest, { reason: 3 });
  assertEquals(core.flush().expect(reject).reason, rejectReason.invalidPduField);
  assert(!core.connection.closing);
});

Deno.test("a logout ends the tasks of its connection without a word", () => {
  const core = new Core();
  const task = core.command();
  core.send(logoutRequest, { reason: logoutReason.closeSession });
  core.flush().expect(logoutResponse);
  assert(task.aborted);
  core.session.complete(task);
  core.flush().expectNothing();
  assertEquals(core.session.tasks.size, 0);
});
