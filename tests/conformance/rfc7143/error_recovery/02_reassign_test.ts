/**
 * Connections that go and whose tasks go on elsewhere (RFC 7143 §7.1.3, §7.2.2, §11.5, §11.14): cut in every phase of a READ and of a WRITE.
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assert, assertEquals } from "@std/assert";
import { taskManagementOutcome } from "../../../../lib/iscsi/constants.ts";
import { dataOut, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { join as joined } from "../../../support/pdu_bytes.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import type { ProtocolHarness } from "../../../support/protocol_harness.ts";
import { join, logoutForRecovery, reassign, recovering } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";
import { cut, data, length, login, lose, readUntil, small } from "../../../support/reassign_story.ts";

const { functionComplete, taskStillAllegiant } = taskManagementOutcome;

/** What each way to go is, among the items: of a READ, of a WRITE. */
const itemsOf: Readonly<Record<string, readonly [ItemId[], ItemId[]]>> = {
  "is cut": [["FFP 11.2.3"], ["FFP 11.2.3"]],
  "is cut and comes back with its CID": [["ER 2.4"], ["ER 2.4"]],
  "is replaced": [["ER 2.4"], ["ER 2.4"]],
  "is logged out on another one": [["FFP 11.2.1", "ER 2.3"], ["FFP 11.2.1", "ER 2.1"]],
  "logs itself out": [["FFP 11.2.1", "ER 2.3"], ["FFP 11.2.1", "ER 2.1"]],
};

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

for (const { name: how, go } of ways) {
  for (const { name: when, pieces } of phasesOfRead) {
    for (const late of [false, true]) {
      itemStory(
        itemsOf[how]?.[0] ?? [],
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
        recovering,
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
    itemStory(itemsOf[how]?.[1] ?? [], `A WRITE whose connection ${how} ${when} goes on elsewhere`, async (house) => {
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
    }, recovering);
  }
}

itemStory(["FFP 11.2.2", "ER 2.2"], "A task that is allegiant to a connection stays there", (house) => {
  const old = house.session(login(2));
  const peer = join(house, old.connection.session, 2);
  const tag = old.command(write10(0, 16), { write: length });
  const first = old.expect(r2t);
  assertEquals(reassign(peer, tag), taskStillAllegiant);
  assertEquals(reassign(old, tag), taskStillAllegiant);
  sendSequence(old, first, data, 1024);
  sendSequence(old, old.expect(r2t), data, 1024);
  assertEquals(old.ending(tag).status, 0);
}, recovering);
