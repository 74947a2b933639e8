/**
 * Several connections in a session (RFC 7143 §4.2.2, §4.3, §6.3.4, §11.14).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loginStatus, taskManagementFunction } from "../../../../lib/iscsi/constants.ts";
import {
  dataIn,
  nopIn,
  nopOut,
  r2t,
  taskManagementRequest,
  taskManagementResponse,
} from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import { join, refusedJoin } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";
import { recovering } from "../../../support/recovery_story.ts";
import { several, turn } from "../../../support/several_connections.ts";

const offers = [
  { offer: "1", answer: "1" },
  { offer: "2", answer: "2" },
  { offer: "4", answer: "4" },
  { offer: "32", answer: "4" },
] as const;

for (const { offer, answer } of offers) {
  itemStory(
    ["MCS 1", "LOGIN 18", "LOGIN 5"],
    `MaxConnections=${offer} is answered with ${answer}, and so many may come`,
    (house) => {
      const peer = house.connect();
      assertEquals(peer.logIn({ keys: { MaxConnections: offer } }).get("MaxConnections"), answer);
      const { session } = peer.connection;
      for (let cid = 1; cid < Number(answer); cid++) join(house, session, cid);
      assertEquals(refusedJoin(house, session, 9), loginStatus.tooManyConnections);
      assertEquals(session.connections.size, Number(answer));
    },
  );
}

itemStory(["FFP 6.1", "MCS 2"], "Data, R2T and status go where the command came from", (house) => {
  const peers = several(house, 3);
  const [a, b, c] = peers as [Peer, Peer, Peer];
  const data = pattern(1024);
  const write = a.command(write10(0, 2), { write: 1024, cmdSn: turn(peers) });
  const other = b.command(write10(4, 2), { write: 1024, cmdSn: turn(peers) });
  const asked = [a.expect(r2t), b.expect(r2t)] as const;
  for (const peer of [b, c]) peer.expectNothing();
  sendSequence(b, asked[1], data);
  assertEquals(b.ending(other).status, 0);
  a.expectNothing();
  sendSequence(a, asked[0], data);
  assertEquals(a.ending(write).status, 0);
  const read = c.command(read10(0, 2), { read: 1024, cmdSn: turn(peers) });
  assertEquals(c.ending(read).data, data);
  for (const peer of peers) peer.expectNothing();
});

itemStory(["MCS 3"], "Data for a task of another connection is not taken", (house) => {
  const peers = several(house, 2);
  const [a, b] = peers as [Peer, Peer];
  const data = pattern(512, 4);
  const tag = a.command(write10(0, 1), { write: 512, cmdSn: turn(peers) });
  const asked = a.expect(r2t);
  sendSequence(b, asked, pattern(512, 9));
  b.rejected();
  sendSequence(a, asked, data);
  assertEquals(a.ending(tag).status, 0);
  assertEquals(house.store.bytes(0, 512), data);
});

itemStory(["MCS 5"], "Every connection counts StatSN for itself", (house) => {
  const peers = several(house, 2);
  const [a, b] = peers as [Peer, Peer];
  for (const peer of [a, b, b, a, b, a]) {
    const { expStatSn } = peer;
    peer.send(nopOut, { cmdSn: turn(peers) });
    assertEquals(peer.expect(nopIn).statSn, expStatSn);
  }
});

itemStory(["MCS 6"], "Every connection has digests and segments of its own", (house) => {
  const peers = several(house, 3, [
    { MaxRecvDataSegmentLength: "512" },
    { MaxRecvDataSegmentLength: "2048", HeaderDigest: "CRC32C" },
    { MaxRecvDataSegmentLength: "4096", DataDigest: "CRC32C" },
  ]);
  house.store.write(pattern(4096), 0);
  for (const [peer, segment] of [[peers[0], 512], [peers[1], 2048], [peers[2], 4096]] as [Peer, number][]) {
    peer.command(read10(0, 8), { read: 4096, cmdSn: turn(peers) });
    for (let at = 0; at < 4096; at += segment) {
      assertEquals(peer.expect(dataIn).data, pattern(4096).slice(at, at + segment));
    }
  }
});

itemStory(["MCS 4"], "Commands run in the order of their CmdSNs, wherever they come in", (house) => {
  const peers = several(house, 3);
  const [a, b, c] = peers as [Peer, Peer, Peer];
  const { cmdSn } = a;
  const data = (seed: number) => ({ write: 512, data: pattern(512, seed) });
  c.command(write10(0, 1), { ...data(3), cmdSn: cmdSn + 2 });
  b.command(write10(0, 1), { ...data(2), cmdSn: cmdSn + 1 });
  for (const peer of peers) peer.expectNothing();
  assertEquals(house.store.calls, []);
  a.command(write10(0, 1), { ...data(1), cmdSn });
  for (const peer of peers) assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, 512), pattern(512, 3));
});

itemStory(
  ["MCS 4"],
  "A command that waits for one on a connection that goes runs when that comes on another",
  (house) => {
    const peers = several(house, 3);
    const [a, b, c] = peers as [Peer, Peer, Peer];
    const { cmdSn } = a;
    b.command(write10(0, 1), { write: 512, data: pattern(512, 2), cmdSn: cmdSn + 1 });
    a.end();
    c.command(testUnitReady, { cmdSn });
    assertEquals([c.ending().status, b.ending().status], [0, 0]);
  },
);

itemStory(["MCS 4"], "A command that waits when its connection goes is not run, and holds nobody up", (house) => {
  const peers = several(house, 2);
  const [a, b] = peers as [Peer, Peer];
  const { cmdSn } = a;
  b.command(write10(0, 1), { write: 512, data: pattern(512, 2), cmdSn: cmdSn + 1 });
  b.end();
  a.command(testUnitReady, { cmdSn: cmdSn + 2 });
  a.expectNothing();
  a.command(testUnitReady, { cmdSn });
  assertEquals([a.ending().status, a.ending().status, house.store.calls], [0, 0, []]);
});

itemStory(["MCS 7"], "Connections come and go while commands run", async (house) => {
  const peers = several(house, 2);
  const [a, b] = peers as [Peer, Peer];
  house.store.holding.add("read");
  const running = a.command(read10(0, 1), { read: 512, cmdSn: turn(peers) });
  const lost = b.command(read10(1, 1), { read: 512, cmdSn: turn(peers) });
  const c = join(house, a.connection.session, 2);
  b.end();
  const added = c.command(read10(2, 1), { read: 512, cmdSn: turn([...peers, c]) });
  await house.store.release();
  // The unit attention for the READ that went with its connection.
  const endings = [a.ending(running), c.ending(added)];
  assertEquals(endings.map(({ status, sense }) => [status, sense]), [[0, ""], [2, "6/47/7f"]]);
  b.expectNothing();
  assertEquals([lost > 0, a.connection.session.connections.size, a.connection.session.tasks.size], [true, 2, 0]);
});

itemStory(["MCS 1"], "At level 2 one connection more may come, to take tasks over", (house) => {
  const first = house.session({ keys: { ErrorRecoveryLevel: "2", MaxConnections: "1" } });
  const { session } = first.connection;
  join(house, session, 1);
  assertEquals(refusedJoin(house, session, 2), loginStatus.tooManyConnections);
}, recovering);

itemStory(["MCS 10"], "Task management reaches tasks of other connections", async (house) => {
  const peers = several(house, 2);
  const [a, b] = peers as [Peer, Peer];
  house.store.holding.add("read");
  const tag = b.command(read10(0, 1), { read: 512, cmdSn: turn(peers) });
  b.command(write10(0, 1), { write: 512, cmdSn: turn(peers) });
  b.expect(r2t);
  for (const code of [taskManagementFunction.abortTask, taskManagementFunction.logicalUnitReset]) {
    a.send(taskManagementRequest, { function: code, referencedTaskTag: tag, immediate: true });
  }
  await house.store.release();
  for (let i = 0; i < 2; i++) assertEquals(a.expect(taskManagementResponse).response, 0);
  b.expectNothing();
  assertEquals(a.connection.session.tasks.size, 0);
});
