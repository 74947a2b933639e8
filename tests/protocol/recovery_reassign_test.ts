/**
 * Connections that go and whose tasks go on elsewhere: items 11.2.1 to 11.2.3 of the full feature phase list, 2.1 to 2.4 of
 * the error recovery list (RFC 7143 §7.1.3, §7.2.2, §11.5, §11.14). A connection is cut in every phase of a READ and of a
 * WRITE, at each ErrorRecoveryLevel.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { loginStatus, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { dataIn, dataOut, logoutRequest, logoutResponse, r2t, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { join as joined } from "../support/pdu_bytes.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { type ProtocolHarness, story, TARGET } from "../support/protocol_harness.ts";
import {
  atLevel,
  join,
  logoutForRecovery,
  reassign,
  recovering,
  recoveryStory,
  refusedJoin,
} from "../support/recovery_story.ts";

const { functionComplete, taskDoesNotExist, taskStillAllegiant, reassignmentNotSupported } = taskManagementOutcome;
const length = 8192;
const data = pattern(length, 7);
const small = { MaxRecvDataSegmentLength: "1024", MaxBurstLength: "4096", FirstBurstLength: "2048" };

/** What has come is lost. */
function lose(peer: Peer): void {
  while (peer.next() !== undefined);
}

/** Cuts a connection: what came last is lost. */
function cut(peer: Peer): void {
  peer.end();
  lose(peer);
}

/** How a connection goes. */
const ways: readonly { name: string; go: (house: ProtocolHarness, old: Peer) => Peer }[] = [
  {
    name: "is cut",
    go(house, old): Peer {
      cut(old);
      return join(house, old.connection.session, 2, small);
    },
  },
  {
    name: "is cut and comes back with its CID",
    go(house, old): Peer {
      cut(old);
      return join(house, old.connection.session, old.connection.cid, small);
    },
  },
  {
    name: "is replaced",
    go(house, old): Peer {
      const peer = join(house, old.connection.session, old.connection.cid, small);
      old.expectEnd();
      return peer;
    },
  },
  {
    name: "is logged out on another one",
    go(house, old): Peer {
      const peer = join(house, old.connection.session, 2, small);
      assertEquals(logoutForRecovery(peer, old.connection.cid), { response: 0, time2Wait: 2, time2Retain: 20 });
      old.expectEnd();
      return peer;
    },
  },
  {
    name: "logs itself out",
    go(house, old): Peer {
      assertEquals(logoutForRecovery(old, old.connection.cid).response, 0);
      old.expectEnd();
      return join(house, old.connection.session, 2, small);
    },
  },
];

/** What the initiator has of a READ when the connection goes: Data-In that came, and operations that the store held. */
const phasesOfRead = [
  { name: "before any data", pieces: 0 },
  { name: "amid its data", pieces: 3 },
  { name: "behind its data", pieces: 8 },
  { name: "behind its status", pieces: Infinity },
];

function login(level: number): Parameters<ProtocolHarness["session"]>[0] {
  return atLevel(level, { ...small, DefaultTime2Wait: "2", DefaultTime2Retain: "20" });
}

/** Lets the store answer until so many Data-In have come. */
async function readUntil(house: ProtocolHarness, peer: Peer, pieces: number): Promise<Uint8Array[]> {
  const came: Uint8Array[] = [];
  const { expStatSn } = peer;
  const take = (): void => {
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) came.push(answer.data);
    // As if the status had been lost.
    peer.expStatSn = expStatSn;
  };
  if (pieces === Infinity) house.store.holding.clear();
  while (came.length < pieces && house.store.waiting > 0) {
    await house.store.release(pieces === Infinity ? Infinity : 1);
    take();
  }
  take();
  return came;
}

for (const { name: how, go } of ways) {
  for (const { name: when, pieces } of phasesOfRead) {
    for (const late of [false, true]) {
      recoveryStory(
        `A READ whose connection ${how} ${when} goes on elsewhere${late ? ", the store being slow" : ""}`,
        async (house) => {
          const old = house.session(login(2));
          house.store.write(data, 0);
          house.store.holding.add("read");
          const tag = old.command(read10(0, 16), { read: length });
          const came = await readUntil(house, old, pieces);
          const peer = go(house, old);
          if (!late) await house.store.release();
          assertEquals(reassign(peer, tag, came.length), functionComplete);
          if (late) await house.store.release();
          const { status, data: rest } = peer.ending(tag);
          assertEquals([status, joined([...came, rest])], [0, data]);
          peer.command(testUnitReady);
          assertEquals(peer.ending().status, 0);
        },
      );
    }
  }
}

/** What has been sent of a WRITE when the connection goes. */
const phasesOfWrite: readonly { name: string; reach: (house: ProtocolHarness, peer: Peer, tag: number) => void }[] = [
  { name: "before its R2T is answered", reach: (): void => {} },
  {
    name: "amid a sequence",
    reach(_house, peer, tag): void {
      const { targetTransferTag } = peer.expect(r2t);
      const values = { initiatorTaskTag: tag, targetTransferTag, final: false };
      peer.send(dataOut, { ...values, dataSn: 0, bufferOffset: 0 }, data.subarray(0, 1024));
    },
  },
  {
    name: "amid a segment",
    reach(_house, peer, tag): void {
      const { targetTransferTag } = peer.expect(r2t);
      const values = { initiatorTaskTag: tag, targetTransferTag, bufferOffset: 0, dataSn: 0 };
      const bytes = peer.pdu(dataOut, values, data.subarray(0, 4096));
      peer.deliver(bytes.subarray(0, 3000));
    },
  },
  {
    name: "between two sequences",
    reach: (_house, peer): void => sendSequence(peer, peer.expect(r2t), data, 1024),
  },
  {
    name: "while the store writes",
    reach(house, peer): void {
      house.store.holding.add("write");
      sendSequence(peer, peer.expect(r2t), data, 1024);
      sendSequence(peer, peer.expect(r2t), data, 1024);
    },
  },
  {
    name: "when all is written",
    reach(_house, peer): void {
      sendSequence(peer, peer.expect(r2t), data, 1024);
      sendSequence(peer, peer.expect(r2t), data, 1024);
    },
  },
];

for (const { name: how, go } of ways) {
  for (const { name: when, reach } of phasesOfWrite) {
    if (how === "logs itself out" && when === "amid a segment") continue;
    recoveryStory(`A WRITE whose connection ${how} ${when} goes on elsewhere`, async (house) => {
      const old = house.session(login(2));
      const tag = old.command(write10(0, 16), { write: length });
      const { expStatSn } = old;
      reach(house, old, tag);
      old.expStatSn = expStatSn;
      lose(old);
      const peer = go(house, old);
      assertEquals(reassign(peer, tag), functionComplete);
      await house.store.release();
      for (;;) {
        const answer = peer.next();
        assert(answer !== undefined, "the WRITE does not go on");
        if (answer.name !== "r2t") {
          assertEquals([answer.name, answer.values.status, answer.values.initiatorTaskTag], ["scsiResponse", 0, tag]);
          break;
        }
        sendSequence(peer, r2t.decode(answer.header), data, 1024);
      }
      assertEquals([house.store.bytes(0, length), house.store.calls], [data, ["write 0 8192"]]);
    });
  }
}

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

recoveryStory("A task that is allegiant to a connection stays there", (house) => {
  const old = house.session(login(2));
  const peer = join(house, old.connection.session, 2);
  const tag = old.command(write10(0, 16), { write: length });
  const first = old.expect(r2t);
  assertEquals(reassign(peer, tag), taskStillAllegiant);
  assertEquals(reassign(old, tag), taskStillAllegiant);
  sendSequence(old, first, data, 1024);
  sendSequence(old, old.expect(r2t), data, 1024);
  assertEquals(old.ending(tag).status, 0);
});

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
