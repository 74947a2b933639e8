import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { asyncMessage } from "../../lib/iscsi/pdu/async_message.ts";
import { logoutRequest, logoutResponse } from "../../lib/iscsi/pdu/logout.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { snackRequest } from "../../lib/iscsi/pdu/snack.ts";
import { Connection } from "../../lib/iscsi/connection.ts";
import { defaultTimeouts } from "../../lib/iscsi/keep_alive.ts";
import { Core, coreHost, feed } from "../support/core.ts";

/** Fills the send buffers: `tasks` reads of 256 KiB hold a chunk each. */
function fill(core: Core, tasks = 8): ReturnType<Core["command"]>[] {
  return Array.from({ length: tasks }, () => {
    const task = core.command({ read: true, expectedDataTransferLength: 262144 });
    task.transferLength = 262144;
    assert(task.window(262144) !== undefined);
    return task;
  });
}

Deno.test("session throws before full feature phase", () => {
  const core = new Core();
  const connection = new Connection({ host: coreHost, pool: core.pool, timeouts: defaultTimeouts, now: 0 });
  assertEquals(connection.inFullFeature, false);
  assertThrows(() => connection.session, ConnectionError, "the login has not ended");
  connection.requestLogout(1);
  assertEquals(connection.sender.transmit.peek(), undefined);
  connection.close();
});

Deno.test("receive() throws when the first PDU is no login", () => {
  const core = new Core();
  const connection = new Connection({ host: coreHost, pool: core.pool, timeouts: defaultTimeouts, now: 0 });
  assertThrows(() => feed(connection, core.initiator.pdu(nopOut)), ConnectionError, "a login comes first");
  connection.close();
});

Deno.test("receive() rejects what it does not understand with its header, and tells the log", () => {
  const core = new Core();
  const bytes = core.initiator.pdu(snackRequest);
  core.receive(bytes);
  const answer = core.flush().expect(reject);
  assertEquals(answer.reason, 0x03);
  assertEquals(answer.data, bytes.subarray(0, 48));
  const event = core.connection.nextEvent();
  assert(event?.kind === "rejected" && event.reason === 3);
  assertEquals(core.connection.nextEvent(), undefined);
});

Deno.test("nextStatSn() goes on at 0 after 2^32 - 1", () => {
  const { connection } = new Core();
  connection.statSn = 0xffffffff;
  assertEquals([connection.nextStatSn(), connection.nextStatSn()], [0xffffffff, 0]);
});

const segments: readonly [declared: number, sent: number][] = [[8192, 8192], [1027, 1024], [16777215, 262144]];

for (const [declared, sent] of segments) {
  Deno.test(`setMaxDataIn() lets Data-In have ${sent} bytes when the initiator takes ${declared}`, () => {
    const { connection } = new Core();
    connection.setMaxDataIn(declared);
    assertEquals([connection.initiatorMaxRecvDataSegmentLength, connection.maxDataIn], [declared, sent]);
  });
}

Deno.test("requestLogout() asks once, and not whoever has logged out", () => {
  const core = new Core();
  core.connection.requestLogout(7);
  const message = core.flush().expect(asyncMessage);
  assertEquals([message.asyncEvent, message.parameter3, message.initiatorTaskTag], [1, 7, 0xffffffff]);
  core.send(logoutRequest, { reason: 0 });
  core.flush().expect(logoutResponse);
  core.connection.requestLogout(7);
  core.flush().expectNothing();
});

Deno.test("room() settles at once when there is room, or when the connection has closed", async () => {
  const core = new Core();
  await core.connection.room();
  const tasks = fill(core);
  const waiting = core.connection.room();
  core.connection.close();
  await waiting;
  await core.connection.room();
  for (const task of tasks) core.session.release(task);
});

Deno.test("room() settles when something was sent", async () => {
  const core = new Core();
  const [first] = fill(core);
  const waiting = core.connection.room();
  core.session.complete(first as NonNullable<typeof first>);
  core.flush();
  await waiting;
  assertEquals(core.connection.sender.transmit.full, false);
});

Deno.test("room() settles when a task was let go of without a word", async () => {
  const core = new Core();
  const [first] = fill(core);
  const waiting = core.connection.room();
  core.session.release(first as NonNullable<typeof first>);
  await waiting;
});

Deno.test("room() waits when the pool has nothing to lend, and settles when something was sent", async () => {
  const core = new Core({ limit: 0, queueDepth: 2 });
  const [first] = fill(core, 1);
  const second = core.command({ read: true, expectedDataTransferLength: 262144 });
  assertEquals(second.window(262144), undefined);
  let settled = false;
  const waiting = second.room().then(() => settled = true);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(settled, false);
  core.session.complete(first as NonNullable<typeof first>);
  core.flush();
  await waiting;
  assert(second.window(262144) !== undefined);
});

Deno.test("tick() pings, and an idle connection has no buffers of the pool", () => {
  const core = new Core();
  core.send(nopOut, { immediate: true });
  assert(core.pool.lent > 0);
  core.flush().expect(nopIn);
  assertEquals(core.pool.lent, 0);
  assertEquals(core.connection.tick(1), 15_000);
  core.connection.tick(15_000);
  core.flush().expect(nopIn);
});

Deno.test("close() gives back everything, and does nothing when called again", () => {
  const core = new Core();
  const values = { write: true, expectedDataTransferLength: 262144 };
  core.send(scsiCommand, values, new Uint8Array(4096));
  core.send(nopOut, { immediate: true });
  assertEquals(core.end(), 0);
  core.connection.close();
  assertEquals(core.connection.closed, true);
});

Deno.test("close() gives back the place of a data segment that has not come to its end", () => {
  const core = new Core();
  const bytes = core.initiator.pdu(
    scsiCommand,
    { write: true, expectedDataTransferLength: 65536 },
    new Uint8Array(65536),
  );
  core.receive(bytes.subarray(0, 40_000));
  assert(core.pool.lent > 0);
  assertEquals(core.end(), 0);
});
