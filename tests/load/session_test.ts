import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionClosedError } from "../../lib/initiator/errors.ts";
import { asyncEvent, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ConnectionError, RejectError } from "../../lib/iscsi/errors.ts";
import {
  asyncMessage,
  dataIn,
  dataOut,
  logoutRequest,
  logoutResponse,
  nopIn,
  nopOut,
  r2t,
  reject,
  scsiCommand,
  scsiResponse,
} from "../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { CommandFailedError } from "../../lib/load/errors.ts";
import { block10 } from "../../lib/scsi/cdb.ts";
import { sense } from "../../lib/scsi/sense.ts";
import { encodeSense } from "../../lib/scsi/sense_data.ts";
import { join } from "../support/pdu_bytes.ts";
import type { ScriptedTarget } from "../support/scripted_target.ts";
import { withLoad } from "../support/load_story.ts";

const sector = new Uint8Array(512).fill(1);
const powerOn = encodeSense(sense.powerOn);
/** The data segment of a response with a unit attention. */
const attention = join([Uint8Array.of(0, powerOn.length), powerOn]);

/** Takes a read and answers it whole. */
async function serveRead(target: ScriptedTarget, data: Uint8Array = sector): Promise<number> {
  const { initiatorTaskTag, cdb } = await target.expect(scsiCommand);
  await target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, data);
  return block10.lba.get(cdb);
}

for (const digests of [false, true]) {
  Deno.test(`a session reads one place behind the other until it is told to stop (digests: ${digests})`, async () => {
    await withLoad({ digests }, async ({ session, target, workload, tally }) => {
      const work = session.work();
      assertEquals(session.busy, true);
      for (let lba = 0; lba < 3; lba++) assertEquals(await serveRead(target), lba);
      workload.stop();
      await serveRead(target);
      await work;
      assertEquals([session.busy, tally.reads.count, tally.writes.count], [false, 4, 0]);
    });
  });
}

Deno.test("a session has as many requests in flight as it has slots, each with a tag of its own", async () => {
  await withLoad({ depth: 4 }, async ({ session, target, workload }) => {
    const work = session.work();
    const commands = [];
    for (let i = 0; i < 4; i++) commands.push(await target.expect(scsiCommand));
    assertEquals(commands.map(({ initiatorTaskTag }) => initiatorTaskTag), [0, 1, 2, 3]);
    assertEquals(commands.map(({ cmdSn }) => cmdSn), [1, 2, 3, 4]);
    assertEquals(commands.map(({ cdb }) => block10.lba.get(cdb)), [0, 1, 2, 3]);
    assertEquals(commands[0]?.lun, Uint8Array.of(0, 5, 0, 0, 0, 0, 0, 0));
    workload.stop();
    for (const { initiatorTaskTag } of commands.reverse()) {
      await target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector);
    }
    await work;
  });
});

Deno.test("a session sends no more than the command window takes", async () => {
  await withLoad({ depth: 3, window: 2 }, async ({ session, target, workload }) => {
    const work = session.work();
    const [first, second] = [await target.expect(scsiCommand), await target.expect(scsiCommand)];
    workload.stop();
    target.window = 1;
    await target.send(dataIn, { initiatorTaskTag: first.initiatorTaskTag, final: true, hasStatus: true }, sector);
    const third = await target.expect(scsiCommand);
    assertEquals([third.initiatorTaskTag, third.cmdSn], [2, 3]);
    for (const { initiatorTaskTag } of [second, third]) {
      await target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector);
    }
    await work;
  });
});

Deno.test("a session puts a read together from many PDUs", async () => {
  await withLoad({ size: 4096 }, async ({ session, target, workload, tally }) => {
    const work = session.work();
    workload.stop();
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    for (let at = 0; at < 4096; at += 1024) {
      const values = {
        initiatorTaskTag,
        final: at === 3072,
        bufferOffset: at,
        dataSn: at / 1024,
        statSn: target.statSn,
      };
      await target.send(dataIn, values, new Uint8Array(1024));
    }
    await target.send(scsiResponse, { initiatorTaskTag });
    await work;
    assertEquals(tally.reads.count, 1);
  });
});

/** How a write of 40 KiB goes with each outcome of a login. */
const writes: readonly {
  readonly answers: readonly TextPair[];
  readonly first: number;
  readonly unsolicited: number;
}[] = [
  { answers: [["InitialR2T", "No"], ["ImmediateData", "Yes"]], first: 8192, unsolicited: 32768 },
  { answers: [["InitialR2T", "Yes"], ["ImmediateData", "Yes"]], first: 8192, unsolicited: 8192 },
  { answers: [["InitialR2T", "No"], ["ImmediateData", "No"]], first: 0, unsolicited: 32768 },
  { answers: [["InitialR2T", "Yes"], ["ImmediateData", "No"]], first: 0, unsolicited: 0 },
];

for (const { answers, first, unsolicited } of writes) {
  for (const digests of [false, true]) {
    const name = answers.map((pair) => pair.join("=")).join(", ");
    Deno.test(`a session writes as it was agreed on: ${name}${digests ? ", with digests" : ""}`, async () => {
      const lengths: readonly TextPair[] = [
        ["MaxRecvDataSegmentLength", "8192"],
        ["MaxBurstLength", "65536"],
        ["FirstBurstLength", "32768"],
      ];
      const options = { size: 40960, readPercent: 0, digests, answers: [...answers, ...lengths] };
      await withLoad(options, async ({ session, target, workload, tally }) => {
        const work = session.work();
        workload.stop();
        const command = await target.expect(scsiCommand);
        const { initiatorTaskTag } = command;
        assertEquals([command.write, command.read, command.expectedDataTransferLength], [true, false, 40960]);
        assertEquals([command.data.length, command.final], [first, unsolicited === first]);
        const pieces = [command.data];
        const sequence = async (start: number, end: number, targetTransferTag: number) => {
          for (let at = start, dataSn = 0; at < end; at += 8192, dataSn++) {
            const piece = await target.expect(dataOut);
            assertEquals([piece.bufferOffset, piece.dataSn, piece.targetTransferTag], [at, dataSn, targetTransferTag]);
            assertEquals([piece.data.length, piece.final], [Math.min(8192, end - at), at + 8192 >= end]);
            pieces.push(piece.data);
          }
        };
        await sequence(first, unsolicited, RESERVED_TAG);
        const values = { initiatorTaskTag, final: true, targetTransferTag: 77, statSn: target.statSn };
        const wanted = { bufferOffset: unsolicited, desiredDataTransferLength: 40960 - unsolicited };
        await target.send(r2t, { ...values, ...wanted });
        await sequence(unsolicited, 40960, 77);
        await target.send(scsiResponse, { initiatorTaskTag });
        await work;
        assertEquals(tally.writes.count, 1);
        const data = join(pieces);
        assert(data.length === 40960 && new Set(data).size === 256, "random data in one piece");
      });
    });
  }
}

Deno.test("a session sends again what a unit attention or a full queue kept from running", async () => {
  await withLoad({}, async ({ session, target, workload, tally }) => {
    const work = session.work();
    workload.stop();
    const answers = [[2, attention], [8, sector.subarray(0, 0)], [
      0x28,
    ]] as const;
    for (const [status, data] of answers) {
      const { initiatorTaskTag } = await target.expect(scsiCommand);
      await target.send(scsiResponse, { initiatorTaskTag, status }, data);
    }
    await serveRead(target);
    await work;
    assertEquals([tally.retries, tally.operations], [3, 1]);
  });
});

Deno.test("a session answers pings, and takes news of the logical unit", async () => {
  await withLoad({}, async ({ session, target, workload }) => {
    const work = session.work();
    workload.stop();
    const command = await target.expect(scsiCommand);
    const ping = { initiatorTaskTag: RESERVED_TAG, statSn: target.statSn };
    await target.send(nopIn, { ...ping, targetTransferTag: RESERVED_TAG });
    await target.send(asyncMessage, { asyncEvent: asyncEvent.scsiEvent, initiatorTaskTag: RESERVED_TAG });
    await target.send(nopIn, { initiatorTaskTag: RESERVED_TAG, statSn: target.statSn, targetTransferTag: 9 });
    assertEquals((await target.expect(nopOut)).targetTransferTag, 9);
    const { initiatorTaskTag } = command;
    await target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector);
    await work;
  });
});

Deno.test("a session logs out in the end", async () => {
  await withLoad({}, async ({ session, target }) => {
    const end = session[Symbol.asyncDispose]();
    const { initiatorTaskTag } = await target.expect(logoutRequest);
    await target.send(logoutResponse, { initiatorTaskTag });
    await end;
    await assertRejects(() => session.work(), SessionClosedError);
  });
});

type Answer = (target: ScriptedTarget, initiatorTaskTag: number) => Promise<void> | void;

const failures:
  readonly (readonly [what: string, answer: Answer, error: new (...args: never[]) => Error, words: string])[] = [
    [
      "a command that fails",
      (target, initiatorTaskTag) => target.send(scsiResponse, { initiatorTaskTag, status: 0x18 }),
      CommandFailedError,
      "Cannot read 512 bytes at 0 of LUN 5: the target answers reservation conflict",
    ],
    [
      "too little data",
      (target, initiatorTaskTag) =>
        target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector.subarray(0, 100)),
      ConnectionError,
      "the target sent 100",
    ],
    [
      "too much data",
      (target, initiatorTaskTag) => target.send(dataIn, { initiatorTaskTag }, new Uint8Array(516)),
      ConnectionError,
      "not asked for",
    ],
    [
      "data of another place",
      (target, initiatorTaskTag) => target.send(dataIn, { initiatorTaskTag, bufferOffset: 4 }, sector.subarray(4)),
      ConnectionError,
      "not asked for",
    ],
    [
      "an answer to nothing",
      (target) => target.send(scsiResponse, { initiatorTaskTag: 1 }),
      ConnectionError,
      "answers nothing",
    ],
    [
      "a request for data of a read",
      (target, initiatorTaskTag) =>
        target.send(r2t, { initiatorTaskTag, desiredDataTransferLength: 512, statSn: target.statSn }),
      ConnectionError,
      "answers nothing",
    ],
    [
      "a reject",
      (target) => target.send(reject, { reason: 4, initiatorTaskTag: RESERVED_TAG }),
      RejectError,
      "reason 4",
    ],
    [
      "a service response",
      (target, initiatorTaskTag) => target.send(scsiResponse, { initiatorTaskTag, response: 1 }),
      ConnectionError,
      "the target failed",
    ],
    [
      "a request to log out",
      (target) => target.send(asyncMessage, { asyncEvent: asyncEvent.logoutRequested, initiatorTaskTag: RESERVED_TAG }),
      SessionClosedError,
      "ends the session",
    ],
    [
      "a StatSN that was skipped",
      (target) => target.send(nopIn, { statSn: 5, initiatorTaskTag: 3 }),
      ConnectionError,
      "StatSN",
    ],
    ["the end of the stream", (target) => target.close(), SessionClosedError, "closed the connection"],
  ];

for (const [what, answer, error, words] of failures) {
  Deno.test(`a session ends with ${what}`, async () => {
    await withLoad({}, async ({ session, target }) => {
      const failed = assertRejects(() => session.work(), error, words);
      const { initiatorTaskTag } = await target.expect(scsiCommand);
      await answer(target, initiatorTaskTag);
      await failed;
    });
  });
}

Deno.test("a session ends when a target sends data that does not fit its digest", async () => {
  await withLoad({ digests: true }, async ({ session, target }) => {
    const failed = assertRejects(() => session.work(), ConnectionError, "data digest error");
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    await target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector, { badDataDigest: true });
    await failed;
  });
});

Deno.test("a session refuses bursts beyond the write", async () => {
  await withLoad({ readPercent: 0, answers: [["InitialR2T", "Yes"], ["ImmediateData", "No"]] }, async (story) => {
    const failed = assertRejects(() => story.session.work(), ConnectionError, "answers nothing");
    const { initiatorTaskTag } = await story.target.expect(scsiCommand);
    const values = { initiatorTaskTag, statSn: story.target.statSn, bufferOffset: 4 };
    await story.target.send(r2t, { ...values, desiredDataTransferLength: 512 });
    await failed;
  });
});

const floods: readonly (readonly [what: string, readPercent: number, one: Answer])[] = [
  [
    "answers commands before it can have them",
    100,
    (target, initiatorTaskTag) => target.send(dataIn, { initiatorTaskTag, final: true, hasStatus: true }, sector),
  ],
  [
    "puts off commands before it can have them",
    100,
    (target, initiatorTaskTag) => target.send(scsiResponse, { initiatorTaskTag, status: 2 }, attention),
  ],
  [
    "asks for more bursts at a time than it may",
    0,
    (target, initiatorTaskTag) =>
      target.send(r2t, { initiatorTaskTag, desiredDataTransferLength: 512, statSn: target.statSn }),
  ],
];

for (const [what, readPercent, one] of floods) {
  Deno.test(`a session ends when a target ${what}`, async () => {
    const answers = [["InitialR2T", "Yes"], ["ImmediateData", "No"]] as const;
    await withLoad({ readPercent, answers }, async ({ session, target }) => {
      const failed = assertRejects(
        () => session.work(),
        ConnectionError,
        "answers, or asks for, more than it was sent",
      );
      const { initiatorTaskTag } = await target.expect(scsiCommand);
      // All of them are there before anything can be sent.
      await Promise.all([1, 2, 3].map(() => one(target, initiatorTaskTag)));
      await failed;
    });
  });
}
