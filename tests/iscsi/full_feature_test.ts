import { assert, assertEquals, assertThrows } from "@std/assert";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { bhs } from "../../lib/iscsi/pdu/bhs.ts";
import { loginRequest } from "../../lib/iscsi/pdu/login.ts";
import { logoutRequest, logoutResponse } from "../../lib/iscsi/pdu/logout.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { textRequest } from "../../lib/iscsi/pdu/text.ts";
import { Core } from "../support/core.ts";

const opcodes: readonly number[] = [0x07, 0x0f, 0x1c, 0x1e, 0x20, 0x21, 0x25, 0x31, 0x3f];

for (const opcode of opcodes) {
  Deno.test(`receive() rejects opcode ${opcode.toString(16)}h as not supported when it comes`, () => {
    const core = new Core();
    core.send(bhs, { opcode });
    assertEquals(core.flush().expect(reject).reason, rejectReason.commandNotSupported);
    core.initiator.expectNothing();
  });
}

Deno.test("receive() hands on requests in the order of their CmdSN when they come out of order", () => {
  const core = new Core();
  for (const cmdSn of [3, 2, 4, 1]) core.send(scsiCommand, { cmdSn, initiatorTaskTag: cmdSn });
  assertEquals([1, 2, 3, 4].map(() => core.next().cmdSn), [1, 2, 3, 4]);
  assertEquals(core.session.window.expCmdSn, 5);
});

Deno.test("receive() keeps the immediate data of a request that came too early", () => {
  const core = new Core();
  const data = new Uint8Array(512).fill(7);
  core.send(scsiCommand, { cmdSn: 2, write: true, expectedDataTransferLength: 512 }, data);
  core.send(nopOut, { cmdSn: 1 }, new Uint8Array(512).fill(9));
  const { bursts } = core.next();
  assertEquals(bursts[0]?.buffer.subarray(0, 512), data);
  assertEquals(core.end(), 0);
});

Deno.test("receive() ignores what lies outside the window, and duplicates", () => {
  const core = new Core({ queueDepth: 4 });
  for (const cmdSn of [5, 0, 3, 3]) {
    core.send(scsiCommand, { cmdSn, write: true, expectedDataTransferLength: 512 }, new Uint8Array(512));
  }
  assertEquals(core.session.nextTask(), undefined);
  assertEquals(core.session.window.held, 1);
  core.flush().expectNothing();
  assertEquals(core.end(), 0);
});

Deno.test("receive() takes immediate requests at once, whatever their CmdSN", () => {
  const core = new Core();
  core.send(scsiCommand, { cmdSn: 77, immediate: true });
  assertEquals(core.next().cmdSn, 77);
  assertEquals(core.session.window.expCmdSn, 1);
});

Deno.test("receive() goes on with those that wait when the request before them is rejected", () => {
  const core = new Core();
  core.send(scsiCommand, { cmdSn: 3, initiatorTaskTag: 3 });
  core.send(scsiCommand, { cmdSn: 2, initiatorTaskTag: 0xffffffff });
  const first = { cmdSn: 1, initiatorTaskTag: 0xffffffff, write: true, expectedDataTransferLength: 512 };
  core.send(scsiCommand, first, new Uint8Array(512));
  assertEquals(core.next().cmdSn, 3);
  const { initiator } = core;
  core.flush();
  assertEquals([initiator.expect(reject).reason, initiator.expect(reject).reason], [4, 4]);
  assertEquals([core.connection.nextEvent()?.kind, core.connection.nextEvent()?.kind], ["rejected", "rejected"]);
  assertEquals(core.end(), 0);
});

Deno.test("receive() frees the place of a request that is answered on the spot, and says so in the answer", () => {
  const core = new Core({ queueDepth: 1 });
  core.send(nopOut);
  const { expCmdSn, maxCmdSn } = core.flush().expect(nopIn);
  assertEquals([expCmdSn, maxCmdSn], [2, 2]);
});

Deno.test("receive() frees the place of a command that it rejects, and says so in the Reject", () => {
  const core = new Core({ queueDepth: 1 });
  core.send(scsiCommand, { initiatorTaskTag: 0xffffffff });
  const { expCmdSn, maxCmdSn } = core.flush().expect(reject);
  assertEquals([expCmdSn, maxCmdSn], [2, 2]);
});

Deno.test("receive() counts a request with a damaged data segment as not received", () => {
  const core = new Core({ connection: { dataDigest: true } });
  core.receive(core.initiator.pdu(textRequest, {}, new Uint8Array(16), { badDataDigest: true }));
  const { reason, expCmdSn } = core.flush().expect(reject);
  assertEquals([reason, expCmdSn], [rejectReason.dataDigestError, 1]);
});

Deno.test("receive() rejects everything after a logout", () => {
  const core = new Core();
  core.send(logoutRequest);
  core.flush().expect(logoutResponse);
  core.send(nopOut, { immediate: true });
  assertEquals(core.flush().expect(reject).reason, rejectReason.waitingForLogout);
});

Deno.test("receive() ends the connection when a login comes again", () => {
  const core = new Core();
  assertThrows(() => core.send(loginRequest), ConnectionError, "in full feature phase");
  assert(core.connection.inFullFeature);
});
