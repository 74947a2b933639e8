/**
 * Connections that go, one by one or all together, and that come back (RFC 7143 §6.3.4, §11.14).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { logoutRequest, logoutResponse, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import { join } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";
import { several, turn } from "../../../support/several_connections.ts";

itemStory(["FFP 13.1", "MCS 8"], "A logout closes another connection of the session, whose tasks end", (house) => {
  const peers = several(house, 3);
  const [a, b, c] = peers as [Peer, Peer, Peer];
  b.command(write10(0, 1), { write: 512, cmdSn: turn(peers) });
  b.expect(r2t);
  a.send(logoutRequest, { reason: 1, cid: 1, cmdSn: turn(peers) });
  assertEquals(a.expect(logoutResponse).response, 0);
  assertEquals([a.ended, b.ended, c.ended, b.error], [false, true, false, undefined]);
  b.expectNothing();
  c.command(testUnitReady, { cmdSn: turn(peers) });
  assertEquals(c.ending().sense, "6/47/7f");
});

itemStory(["FFP 13.2"], "A logout of the session closes all connections", (house) => {
  const peers = several(house, 3);
  const [a] = peers as [Peer];
  a.send(logoutRequest, { reason: 0, cmdSn: turn(peers) });
  assertEquals(a.expect(logoutResponse).response, 0);
  assertEquals(peers.map((peer) => peer.ended), [true, true, true]);
  assertEquals(a.connection.session.closed, true);
});

itemStory(["FFP 13.3", "MCS 11"], "A logout of a connection that is not there closes none", (house) => {
  const peers = several(house, 2);
  const [a] = peers as [Peer];
  a.send(logoutRequest, { reason: 1, cid: 7, cmdSn: turn(peers) });
  assertEquals(a.expect(logoutResponse).response, 1);
  assertEquals(peers.map((peer) => peer.ended), [false, false]);
});

itemStory(
  ["MCS 9"],
  "A connection that comes back with its CID takes the place of the old one, whose tasks end",
  async (house) => {
    const peers = several(house, 2);
    const [a, b] = peers as [Peer, Peer];
    house.store.holding.add("read");
    b.command(read10(0, 1), { read: 512, cmdSn: turn(peers) });
    const again = join(house, a.connection.session, 1);
    b.expectEnd();
    await house.store.release();
    b.expectNothing();
    assertEquals(a.connection.session.connections.size, 2);
    again.command(testUnitReady, { cmdSn: turn(peers) });
    assertEquals(again.ending().sense, "6/47/7f");
  },
);

itemStory(
  ["MCS 9"],
  "The only connection of a session may come back with its CID, and the session lives on",
  (house) => {
    const [a] = several(house, 1) as [Peer];
    const { session } = a.connection;
    a.command(write10(0, 1), { write: 512 });
    a.expect(r2t);
    const again = join(house, session, 0);
    a.expectEnd();
    assertEquals([session.closed, session.connections.size, session.tasks.size], [false, 1, 0]);
    again.command(testUnitReady);
    assertEquals(again.ending().sense, "6/47/7f");
    again.command(testUnitReady);
    assertEquals(again.ending().status, 0);
  },
);

itemStory(["MCS 12"], "The last connection of a session takes the session with it", (house) => {
  const [a, b] = several(house, 2) as [Peer, Peer];
  a.end();
  assertEquals(b.connection.session.closed, false);
  b.end();
  assertEquals([b.connection.session.closed, [...house.catalogue.sessions()]], [true, []]);
});
