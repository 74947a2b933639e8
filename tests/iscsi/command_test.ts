import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { rejectReason, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { extendedCdbAhs } from "../../lib/iscsi/pdu/ahs.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { Core } from "../support/core.ts";
import { hex } from "../support/hex.ts";

const cdb = hex("28000000000200000100 000000000000");

Deno.test("receive() takes what the command says", () => {
  const core = new Core();
  const task = core.command({
    initiatorTaskTag: 9,
    attribute: 2,
    lun: encodeLun(300),
    read: true,
    expectedDataTransferLength: 512,
    cdb,
  });
  assertEquals([task.initiatorTaskTag, task.attribute, task.lun, task.cmdSn], [9, 2, 300, 1]);
  assertEquals([task.expectedDataIn, task.expectedDataOut, task.cdbLength], [512, 0, 16]);
  assertEquals([task.cdb.slice(0, 16), task.lunField], [cdb, encodeLun(300)]);
});

Deno.test("receive() takes a CDB of more than 16 bytes, and forgets it for the next command", () => {
  const core = new Core();
  const rest = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  core.receive(core.initiator.pdu(scsiCommand, { cdb }, undefined, { ahs: extendedCdbAhs(rest) }));
  const task = core.next();
  assertEquals([task.cdbLength, task.cdb.slice(0, 16), task.cdb.slice(16, 32)], [32, cdb, rest]);
  core.session.complete(task);
  assertEquals(core.command().cdbLength, 16);
});

Deno.test("receive() takes the read length of a bidirectional command from its header segment", () => {
  const core = new Core();
  const ahs = hex("0005020000001000");
  core.receive(
    core.initiator.pdu(scsiCommand, { read: true, write: true, expectedDataTransferLength: 512 }, undefined, { ahs }),
  );
  const task = core.next();
  assertEquals([task.expectedDataOut, task.expectedDataIn], [512, 4096]);
});

Deno.test("receive() expects no data to the initiator when a bidirectional command does not say how much", () => {
  const task = new Core().command({ read: true, write: true, expectedDataTransferLength: 512 });
  assertEquals([task.expectedDataOut, task.expectedDataIn], [512, 0]);
});

Deno.test("place() lets long immediate data arrive in the burst of its command", () => {
  const core = new Core();
  const data = new Uint8Array(20_000).fill(7);
  const [burst] = core.command({ write: true, expectedDataTransferLength: 65536 }, data).bursts;
  assertEquals([burst?.filled, burst?.open], [20_000, false]);
  assertEquals(burst?.buffer.subarray(0, 20_000), data);
});

interface Unwanted {
  readonly what: string;
  readonly core?: () => Core;
  readonly values?: Record<string, unknown>;
}

const unwanted: readonly Unwanted[] = [
  { what: "ImmediateData is No", core: () => new Core({ parameters: { immediateData: false } }) },
  { what: "there is more than FirstBurstLength", core: () => new Core({ parameters: { firstBurstLength: 512 } }) },
  { what: "the command is a read", values: { write: false, read: true } },
  { what: "there is more than is expected", values: { expectedDataTransferLength: 1023 } },
];

for (const { what, core = () => new Core(), values } of unwanted) {
  Deno.test(`receive() fails a command with immediate data when ${what}`, () => {
    const each = core();
    const task = each.command({ write: true, expectedDataTransferLength: 4096, ...values }, new Uint8Array(1024));
    assertEquals([task.status, task.sense?.[12], task.sense?.[13]], [2, 0x0c, 0x0c]);
    assertEquals([task.bursts.length, each.end()], [0, 0]);
  });
}

const opening: readonly [final: boolean, initialR2T: boolean, expected: number, unsolicited: boolean][] = [
  [false, false, 4096, true],
  [true, false, 4096, false],
  [false, true, 4096, false],
  [false, false, 0, false],
];

for (const [final, initialR2T, expected, unsolicited] of opening) {
  const what = `F is ${final ? 1 : 0}, InitialR2T ${initialR2T ? "Yes" : "No"} and ${expected} bytes are expected`;
  Deno.test(`receive() ${unsolicited ? "waits" : "does not wait"} for unasked data when ${what}`, () => {
    const core = new Core({ parameters: { initialR2T, firstBurstLength: 1024 } });
    const task = core.command({ write: true, final, expectedDataTransferLength: expected });
    assertEquals(task.unsolicited, unsolicited);
    assertEquals(task.bursts[0]?.requested, unsolicited ? 1024 : undefined);
  });
}

const refused: readonly [what: string, core: () => Core, values: Record<string, unknown>, reason: number][] = [
  ["the session is for discovery", () => new Core({ type: "Discovery" }), {}, rejectReason.protocolError],
  ["its tag is reserved", () => new Core(), { initiatorTaskTag: RESERVED_TAG }, rejectReason.protocolError],
  ["it is immediate and its tag reserved", () => new Core(), { initiatorTaskTag: RESERVED_TAG, immediate: true }, 6],
  ["its tag is in use", busy, { initiatorTaskTag: 5 }, rejectReason.taskInProgress],
  ["there are too many immediate ones", crowded, { immediate: true }, rejectReason.immediateCommandReject],
];

for (const [what, core, values, reason] of refused) {
  Deno.test(`receive() rejects a command when ${what}, and gives its data back`, () => {
    const each = core();
    const data = new Uint8Array(512);
    each.send(scsiCommand, { write: true, expectedDataTransferLength: 512, ...values }, data);
    assertEquals(each.flush().expect(reject).reason, reason);
    assertEquals([each.session.bursts.lent, each.connection.immediateData], [0, undefined]);
  });
}

Deno.test("receive() rejects a command with additional header segments that make no sense", () => {
  const core = new Core();
  core.receive(core.initiator.pdu(scsiCommand, {}, undefined, { ahs: hex("00ff0100") }));
  assertEquals(core.flush().expect(reject).reason, rejectReason.invalidPduField);
  assertEquals(core.session.tasks.size, 0);
});

Deno.test("receive() lends the same object again without a trace of the command before", () => {
  const core = new Core({ parameters: { initialR2T: false } });
  const first = core.command({ write: true, final: false, expectedDataTransferLength: 512 });
  assert(first.unsolicited);
  core.session.release(first);
  const second = core.command({ read: true, expectedDataTransferLength: 512 });
  assertStrictEquals(second, first);
  assertEquals([second.unsolicited, second.expectedDataOut, second.bursts.length], [false, 0, 0]);
});

function busy(): Core {
  const core = new Core();
  core.command({ initiatorTaskTag: 5 });
  return core;
}

function crowded(): Core {
  const core = new Core();
  for (let i = 0; i < 32; i++) core.command({ immediate: true });
  return core;
}
