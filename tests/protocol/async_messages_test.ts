/**
 * What the target says without being asked (RFC 7143 §11.9).
 *
 * @module
 */

import { itemStory } from "../support/certification.ts";
import { assertEquals } from "@std/assert";
import {
  announceDroppedConnection,
  announceDroppedSession,
  reportScsiEvent,
  requestLogout,
} from "../../lib/iscsi/async_messages.ts";
import type { Connection } from "../../lib/iscsi/connection.ts";
import { asyncEvent } from "../../lib/iscsi/constants.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { asyncMessage, logoutRequest, logoutResponse } from "../../lib/iscsi/pdu/mod.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { Target } from "../../lib/target/target.ts";
import { testUnitReady } from "../support/cdbs.ts";
import { story } from "../support/protocol_harness.ts";
import { atLevel, join, recoveryStory } from "../support/recovery_story.ts";

const sense = Uint8Array.of(0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3f, 0x0e, 0, 0, 0, 0);

/** Each message: event, parameters 1 to 3, LUN and data. */
const messages: readonly {
  name: string;
  send: (connection: Connection) => void;
  event: number;
  parameters: readonly number[];
  lun?: number;
  data?: readonly number[];
}[] = [
  {
    name: "requestLogout()",
    send: (connection): void => requestLogout(connection, 7),
    event: asyncEvent.logoutRequested,
    parameters: [0, 0, 7],
  },
  {
    name: "announceDroppedConnection()",
    send: (connection): void => announceDroppedConnection(connection, 5),
    event: asyncEvent.connectionDropped,
    parameters: [5, 2, 20],
  },
  {
    name: "announceDroppedSession()",
    send: announceDroppedSession,
    event: asyncEvent.sessionDropped,
    parameters: [0, 2, 0],
  },
  {
    name: "reportScsiEvent()",
    send: (connection): void => reportScsiEvent(connection, encodeLun(3), sense),
    event: asyncEvent.scsiEvent,
    parameters: [0, 0, 0],
    lun: 3,
    data: [0, 18, ...sense],
  },
];

for (const { name, send, event, parameters, lun = 0, data = [] } of messages) {
  story(`${name} sends event ${event}, which takes a StatSN`, (house) => {
    const peer = house.session({ keys: { DefaultTime2Wait: "2", DefaultTime2Retain: "20" } });
    const { expStatSn } = peer;
    send(peer.connection);
    peer.flush();
    const message = peer.expect(asyncMessage);
    assertEquals([message.asyncEvent, message.statSn, message.initiatorTaskTag], [event, expStatSn, 0xffffffff]);
    assertEquals([message.parameter1, message.parameter2, message.parameter3], parameters);
    assertEquals([message.lun, message.data], [encodeLun(lun), Uint8Array.from(data)]);
  });

  story(`${name} says nothing before full feature phase and after a logout`, (house) => {
    const peer = house.connect();
    send(peer.connection);
    peer.flush();
    peer.logIn();
    peer.send(logoutRequest, { immediate: true });
    peer.expect(logoutResponse);
    send(peer.connection);
    peer.flush();
    peer.expectNothing();
  });
}

recoveryStory("A connection that the target gives up is told of on another one, others are not", (house) => {
  const a = house.session(atLevel(2, { DefaultTime2Wait: "3", DefaultTime2Retain: "9" }));
  const b = join(house, a.connection.session, 1);
  const c = join(house, a.connection.session, 2);
  b.end();
  a.expectNothing();
  c.end(new ConnectionError("Cannot follow the stream: header digest error"));
  const { asyncEvent: event, parameter1, parameter2, parameter3 } = a.expect(asyncMessage);
  assertEquals([event, parameter1, parameter2, parameter3], [asyncEvent.connectionDropped, 2, 3, 9]);
});

for (const scsiEvents of [true, false]) {
  itemStory(
    ["WIN 49"],
    `A new LUN and a new size are told ${scsiEvents ? "at once" : "with the next command"}`,
    (house) => {
      const target = new Target({ name: "iqn.2026-01.org.lunbox:changing", scsiEvents });
      house.catalogue.add(target);
      house.engine.attach(target);
      const store = new MemoryStore(1 << 20);
      target.addUnit({ lun: 2, store });
      const peer = house.connect();
      peer.logIn({ keys: { TargetName: target.name } });
      peer.command(testUnitReady, { lun: 2 });
      assertEquals(peer.ending().sense, "6/29/00");
      target.addUnit({ lun: 5, store: new MemoryStore(1 << 20) });
      if (scsiEvents) {
        const { asyncEvent: event, lun, data } = peer.expect(asyncMessage);
        assertEquals([event, lun, data.subarray(0, 2)], [asyncEvent.scsiEvent, encodeLun(2), Uint8Array.of(0, 18)]);
        assertEquals([data[4], data[14], data[15]], [6, 0x3f, 0x0e]);
      }
      peer.expectNothing();
      peer.command(testUnitReady, { lun: 2 });
      assertEquals(peer.ending().sense, "6/3f/0e");
      Object.defineProperty(store, "size", { value: 2 << 20 });
      target.capacityChanged(2);
      if (scsiEvents) {
        const { data } = peer.expect(asyncMessage);
        assertEquals([data[4], data[14], data[15]], [6, 0x2a, 0x09]);
      }
      peer.expectNothing();
      peer.command(testUnitReady, { lun: 2 });
      assertEquals(peer.ending().sense, "6/2a/09");
    },
  );
}
