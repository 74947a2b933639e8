/**
 * What becomes of tasks whose connection has gone: when they end, and how they go on (RFC 7143 §7.1.3, §7.2.2, §11.5).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loginStatus, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { dataIn, dataOut, logoutRequest, logoutResponse, r2t, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { join as joined } from "../support/pdu_bytes.ts";
import { story, TARGET } from "../support/protocol_harness.ts";
import {
  atLevel,
  join,
  logoutForRecovery,
  reassign,
  recovering,
  recoveryStory,
  refusedJoin,
} from "../support/recovery_story.ts";
import { cut, data, length, login, readUntil, small } from "../support/reassign_story.ts";

const { functionComplete, taskDoesNotExist, reassignmentNotSupported } = taskManagementOutcome;

for (const level of [0, 1]) {
  story(`At level ${level} the tasks of a connection that is cut end, and the unit says so`, async (house) => {
    const old = house.session(login(level));
    const peer = join(house, old.connection.session, 2);
    house.store.holding.add("read");
    const read = old.command(read10(0, 1), { read: 512 });
    const write = old.command(write10(8, 16), { write: length });
    old.expect(r2t);
    peer.cmdSn = old.cmdSn;
    cut(old);
    assertEquals(reassign(peer, read), reassignmentNotSupported);
    assertEquals(reassign(peer, write), reassignmentNotSupported);
    await house.store.release();
    peer.command(testUnitReady);
    assertEquals(peer.ending().sense, "6/47/7f");
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
    assertEquals([peer.connection.session.tasks.size, house.store.calls.length], [0, 1]);
  }, recovering);

  story(`At level ${level} a session ends with its last connection`, (house) => {
    const old = house.session(login(level));
    cut(old);
    assertEquals(old.connection.session.closed, true);
    assertEquals(refusedJoin(house, old.connection.session, 2), loginStatus.sessionDoesNotExist);
  }, recovering);

  story(`At level ${level} a logout for recovery is answered with 2`, (house) => {
    const peer = house.session(login(level));
    assertEquals(logoutForRecovery(peer, peer.connection.cid).response, 2);
  }, recovering);
}

recoveryStory("A task that does not exist cannot be reassigned", (house) => {
  const peer = house.session(login(2));
  assertEquals(reassign(peer, 0x4711), taskDoesNotExist);
});

recoveryStory("A task can be reassigned a second time", async (house) => {
  const old = house.session(login(2));
  house.store.write(data, 0);
  house.store.holding.add("read");
  const tag = old.command(read10(0, 16), { read: length });
  const first = await readUntil(house, old, 2);
  cut(old);
  const second = join(house, old.connection.session, 2, small);
  assertEquals(reassign(second, tag, 2), functionComplete);
  const more = await readUntil(house, second, 3);
  cut(second);
  const third = join(house, old.connection.session, 3, small);
  assertEquals(reassign(third, tag, 2 + more.length), functionComplete);
  await house.store.release();
  assertEquals(joined([...first, ...more, third.ending(tag).data]), data);
});

for (const segment of ["512", "2048", "8192"]) {
  recoveryStory(
    `A READ goes on with segments of ${segment} bytes where the new connection wants them`,
    async (house) => {
      const old = house.session(login(2));
      house.store.write(data, 0);
      house.store.holding.add("read");
      const tag = old.command(read10(0, 16), { read: length });
      await readUntil(house, old, 3);
      cut(old);
      await house.store.release(2);
      const peer = join(house, old.connection.session, 2, { ...small, MaxRecvDataSegmentLength: segment });
      assertEquals(reassign(peer, tag, 1), functionComplete);
      await house.store.release();
      const pieces: Uint8Array[] = [];
      for (let dataSn = 1, at = 1024;; dataSn++) {
        const piece = peer.expect(dataIn);
        assertEquals([piece.dataSn, piece.bufferOffset, piece.data.length <= Number(segment)], [dataSn, at, true]);
        at += piece.data.length;
        pieces.push(piece.data);
        if (piece.hasStatus) break;
      }
      assertEquals(joined(pieces), data.subarray(1024));
    },
  );
}

recoveryStory("An ExpDataSN that cannot be is ignored: all data comes again", async (house) => {
  const old = house.session(login(2));
  house.store.write(data, 0);
  const tag = old.command(read10(0, 16), { read: length });
  await house.store.release();
  cut(old);
  const peer = join(house, old.connection.session, 2, small);
  assertEquals(reassign(peer, tag, 99), functionComplete);
  assertEquals(peer.ending(tag).data, data);
});

recoveryStory("When all data is there only the status comes", async (house) => {
  const old = house.session(login(2));
  const tag = old.command(read10(0, 16), { read: length });
  await house.store.release();
  cut(old);
  const peer = join(house, old.connection.session, 2, small);
  assertEquals(reassign(peer, tag, 8), functionComplete);
  const { status, initiatorTaskTag, expDataSn } = peer.expect(scsiResponse);
  assertEquals([status, initiatorTaskTag, expDataSn], [0, tag, 8]);
});

recoveryStory("A status with sense data comes elsewhere whole", (house) => {
  const old = house.session(login(2));
  const tag = old.command(read10(0x7fffffff, 1), { read: 512 });
  cut(old);
  const peer = join(house, old.connection.session, 2, small);
  assertEquals(reassign(peer, tag), functionComplete);
  assertEquals(peer.ending(tag).sense, "5/21/00");
});

recoveryStory(
  "Tasks that nobody has reassigned in time end, and so does a session without connections",
  async (house) => {
    const old = house.session(login(2));
    const { session } = old.connection;
    old.command(write10(0, 16), { write: length });
    house.store.holding.add("read");
    old.command(read10(0, 16), { read: length });
    cut(old);
    house.pass(21_999);
    assertEquals([session.closed, session.tasks.size], [false, 2]);
    house.pass(1);
    assertEquals([session.closed, house.catalogue.targets.get(TARGET)?.sessions.size], [true, 0]);
    assertEquals(refusedJoin(house, session, 2), loginStatus.sessionDoesNotExist);
    await house.store.release();
    assertEquals(session.tasks.size, 0);
  },
);

recoveryStory("Tasks that nobody has reassigned in time end while other connections go on", (house) => {
  const old = house.session(login(2));
  const peer = join(house, old.connection.session, 2);
  const tag = old.command(write10(0, 16), { write: length });
  peer.cmdSn = old.cmdSn;
  cut(old);
  house.pass(22_000);
  assertEquals(reassign(peer, tag), taskDoesNotExist);
  peer.command(testUnitReady);
  assertEquals(peer.ending().sense, "6/47/7f");
  assertEquals(peer.connection.session.closed, false);
});

recoveryStory("A login of the same initiator port ends what is kept for reassignment", async (house) => {
  const old = house.session(login(2));
  house.store.holding.add("read");
  old.command(read10(0, 16), { read: length });
  old.command(write10(0, 16), { write: length });
  cut(old);
  const fresh = house.connect();
  fresh.logIn(login(2));
  assertEquals([old.connection.session.closed, house.catalogue.targets.get(TARGET)?.sessions.size], [true, 1]);
  await house.store.release();
  assertEquals(old.connection.session.tasks.size, 0);
  fresh.command(testUnitReady);
  assertEquals(fresh.ending().sense, "6/29/07");
});

recoveryStory("A logout of the session ends what is kept for reassignment", (house) => {
  const old = house.session(login(2));
  const peer = join(house, old.connection.session, 2);
  old.command(write10(0, 16), { write: length });
  cut(old);
  peer.send(logoutRequest, { reason: 0, immediate: true });
  assertEquals(peer.expect(logoutResponse).response, 0);
  assertEquals(peer.connection.session.closed, true);
});

recoveryStory("With DefaultTime2Retain 0 nothing is kept", (house) => {
  const old = house.session(atLevel(2, { DefaultTime2Retain: "0" }));
  old.command(write10(0, 16), { write: length });
  cut(old);
  assertEquals(old.connection.session.closed, true);
});

recoveryStory("Data that still comes by the connection of old does not mix with what comes by the new one", (house) => {
  const wide = { MaxRecvDataSegmentLength: "65536", DefaultTime2Retain: "20" };
  const old = house.session(atLevel(2, wide));
  const peer = join(house, old.connection.session, 2, wide);
  const right = pattern(65536, 9);
  const tag = old.command(write10(0, 128), { write: 65536 });
  const { targetTransferTag } = old.expect(r2t);
  // Half of a segment, which is read to where its command wants it.
  const stale = old.pdu(dataOut, { initiatorTaskTag: tag, targetTransferTag, final: true }, pattern(65536, 8));
  old.deliver(stale.subarray(0, 40_000));
  old.stalled = true;
  peer.cmdSn = old.cmdSn;
  assertEquals(logoutForRecovery(peer, old.connection.cid).response, 0);
  assertEquals(reassign(peer, tag), functionComplete);
  const again = peer.expect(r2t);
  const sequence = { initiatorTaskTag: tag, targetTransferTag: again.targetTransferTag };
  peer.send(dataOut, { ...sequence, final: false }, right.subarray(0, 49152));
  old.deliver(stale.subarray(40_000));
  peer.send(dataOut, { ...sequence, bufferOffset: 49152, dataSn: 1, final: true }, right.subarray(49152));

  assertEquals(peer.ending(tag).status, 0);
  old.end();
  assertEquals(house.store.bytes(0, 65536), right);
});

recoveryStory("Of a session whose connections go again and again, the newest are kept", async (house) => {
  let peer = house.session(login(2));
  const { session } = peer.connection;
  house.store.holding.add("read");
  const tags: number[] = [];
  for (let cid = 1; cid <= 12; cid++) {
    tags.push(peer.command(read10(0, 1), { read: 512 }));
    cut(peer);
    peer = join(house, session, cid, small);
  }
  assertEquals(session.retention?.size, 8);
  assertEquals([reassign(peer, tags[3] ?? 0), reassign(peer, tags[4] ?? 0)], [taskDoesNotExist, functionComplete]);
  await house.store.release();
  assertEquals(peer.ending(tags[4]).status, 0);
});
