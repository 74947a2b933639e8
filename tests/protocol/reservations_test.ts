/**
 * Reservations between sessions, as clusters use them: the validation of Windows failover clusters (REGISTER, RESERVE,
 * conflict, PREEMPT, and the loser's registration gone), VMFS locks of ESXi with RESERVE (6), and PREEMPT AND ABORT of
 * commands that wait for their data or for the store (SPC-5 §5.14).
 *
 * @module
 */

import { itemStory } from "../support/certification.ts";
import { assertEquals } from "@std/assert";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { r2t, taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { settle } from "../support/held_store.ts";
import { story } from "../support/protocol_harness.ts";
import type { Ending, Peer } from "../support/protocol_peer.ts";
import { action, keyText, type ReserveOptions, reserveOut } from "../support/reserving.ts";

const ordered = 2;
const headOfQueue = 3;

function persistent(peer: Peer, serviceAction: number, options: ReserveOptions = {}): string {
  const { cdb, list } = reserveOut(serviceAction, options);
  peer.command(Uint8Array.from(cdb), { write: list.length, data: list, attribute: headOfQueue });
  return outcome(peer.ending());
}

function outcome({ status, sense }: Ending): string {
  if (sense !== "") return sense;
  return status === 0 ? "good" : status === 0x18 ? "conflict" : `status ${status}`;
}

/** How a command without data ends. */
function plain(peer: Peer, ...cdb: number[]): string {
  peer.command(Uint8Array.from(cdb));
  return outcome(peer.ending());
}

function read(peer: Peer): string {
  peer.command(read10(0, 1), { read: 512 });
  return outcome(peer.ending());
}

function write(peer: Peer): string {
  peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  return outcome(peer.ending());
}

/** PERSISTENT RESERVE IN, as hexadecimal text without PRGENERATION. */
function reserveIn(peer: Peer, serviceAction: number): string {
  peer.command(Uint8Array.of(0x5e, serviceAction, 0, 0, 0, 0, 0, 0, 255, 0), { read: 255 });
  const { data } = peer.ending();
  return Array.from(data.subarray(4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

for (const type of [5, 6, 1, 3]) {
  itemStory(["WIN 47", "WIN 26"], `a Windows cluster validates its disk with reservations of type ${type}`, (house) => {
    const [first, second] = [1, 2].map((isid) =>
      house.session({ initiator: `iqn.1991-05.com.microsoft:${isid}`, isid })
    );
    if (first === undefined || second === undefined) return;
    assertEquals(reserveIn(first, 0), "00000000");
    assertEquals(persistent(first, action.registerAndIgnore, { newKey: 1 }), "good");
    assertEquals(persistent(first, action.reserve, { key: 1, type }), "good");
    assertEquals(reserveIn(second, 1), `00000010${keyText(1)}00000000000${type}0000`);
    assertEquals(persistent(second, action.reserve, { key: 2, type }), "conflict");
    assertEquals([write(first), write(second)], ["good", "conflict"]);
    assertEquals(read(second), type === 3 || type === 6 ? "conflict" : "good");
    assertEquals(persistent(second, action.register, { newKey: 2 }), "good");
    assertEquals(write(second), type > 3 ? "good" : "conflict");
    assertEquals(persistent(second, action.preempt, { key: 2, newKey: 1, type }), "good");
    assertEquals(reserveIn(second, 0), `00000008${keyText(2)}`);
    assertEquals([plain(first, 0x00), plain(first, 0x00)], ["6/2a/05", "good"]);
    assertEquals([write(first), write(second)], ["conflict", "good"]);
    assertEquals(persistent(first, action.reserve, { key: 1, type }), "conflict");
    assertEquals(persistent(second, action.release, { key: 2, type }), "good");
    assertEquals(persistent(second, action.register, { key: 2 }), "good");
    assertEquals([reserveIn(first, 0), reserveIn(first, 1), write(first)], ["00000000", "00000000", "good"]);
  });
}

itemStory(["WIN 48"], "a Windows cluster node that logs in again still has its registration on both paths", (house) => {
  const node = { initiator: "iqn.1991-05.com.microsoft:node" };
  const paths = [house.session({ ...node, isid: 1 }), house.session({ ...node, isid: 2 })];
  for (const path of paths) assertEquals(persistent(path, action.register, { newKey: 1 }), "good");
  const [first, second] = paths;
  if (first === undefined || second === undefined) return;
  assertEquals(persistent(first, action.reserve, { key: 1, type: 5 }), "good");
  first.end();
  assertEquals(write(second), "good");
  const again = house.session({ ...node, isid: 1 });
  assertEquals(write(again), "good");
  assertEquals(persistent(again, action.release, { key: 1, type: 5 }), "good");
  assertEquals([plain(second, 0x00), plain(second, 0x00)], ["6/2a/04", "good"]);
});

itemStory(["ESX 14"], "ESXi hosts lock a volume with RESERVE (6), and a host that dies lets go of it", (house) => {
  const [first, second] = [1, 2].map((host) =>
    house.session({ initiator: `iqn.1998-01.com.vmware:host${host}`, isid: host })
  );
  if (first === undefined || second === undefined) return;
  for (let i = 0; i < 3; i++) {
    assertEquals([plain(first, 0x16), plain(second, 0x16)], ["good", "conflict"]);
    assertEquals([write(first), write(second), read(second)], ["good", "conflict", "conflict"]);
    assertEquals([plain(first, 0x17), write(second)], ["good", "good"]);
  }
  assertEquals(plain(first, 0x16), "good");
  first.end();
  assertEquals(write(second), "good");
});

story("PREEMPT AND ABORT ends a write of another session that waits for its data", async (house) => {
  const [winner, loser] = [house.session(), house.session({ isid: 2 })];
  assertEquals(persistent(winner, action.register, { newKey: 1 }), "good");
  assertEquals(persistent(loser, action.register, { newKey: 2 }), "good");
  assertEquals(persistent(loser, action.reserve, { key: 2, type: 5 }), "good");
  loser.command(write10(0, 1), { write: 512 });
  const request = loser.expect(r2t);
  const { cdb, list } = reserveOut(action.preemptAndAbort, { key: 1, newKey: 2, type: 5 });
  winner.command(Uint8Array.from(cdb), { write: list.length, data: list });
  await settle();
  assertEquals(outcome(winner.ending()), "good");
  sendSequence(loser, request, pattern(512));
  loser.expectNothing();
  assertEquals(house.store.calls, []);
  assertEquals([plain(loser, 0x00), plain(loser, 0x00), plain(loser, 0x00)], ["6/2a/05", "6/2f/00", "good"]);
});

story("PREEMPT AND ABORT is answered when a write of another session in the store is over", async (house) => {
  const [winner, loser] = [house.session(), house.session({ isid: 2 })];
  assertEquals(persistent(winner, action.register, { newKey: 1 }), "good");
  assertEquals(persistent(loser, action.register, { newKey: 2 }), "good");
  house.store.holding.add("write");
  loser.command(write10(0, 1), { write: 512, data: pattern(512) });
  const { cdb, list } = reserveOut(action.preemptAndAbort, { key: 1, newKey: 2 });
  winner.command(Uint8Array.from(cdb), { write: list.length, data: list });
  await settle();
  winner.expectNothing();
  await house.store.release();
  assertEquals(outcome(winner.ending()), "good");
  loser.expectNothing();
});

story("an ORDERED command waits for older ones of all sessions, and newer ones wait for it", async (house) => {
  const [peer, other] = [house.session(), house.session({ isid: 2 })];
  house.store.holding.add("write");
  const writing = other.command(write10(0, 1), { write: 512, data: pattern(512, 3) });
  const reading = peer.command(read10(0, 1), { read: 512, attribute: ordered });
  const asking = other.command(testUnitReady);
  peer.command(testUnitReady, { attribute: headOfQueue });
  assertEquals(outcome(peer.ending()), "good");
  await settle();
  peer.expectNothing();
  other.expectNothing();
  await house.store.release();
  assertEquals(other.ending(writing).status, 0);
  assertEquals(peer.ending(reading).data, pattern(512, 3));
  assertEquals(other.ending(asking).status, 0);
});

story("ABORT TASK ends at once a command that waits for an ORDERED one", async (house) => {
  const peer = house.session();
  house.store.holding.add("write");
  const writing = peer.command(write10(0, 1), { write: 512, data: pattern(512), attribute: ordered });
  const refCmdSn = peer.cmdSn;
  const referencedTaskTag = peer.command(read10(0, 1), { read: 512 });
  peer.send(taskManagementRequest, { function: 1, immediate: true, lun: encodeLun(0), referencedTaskTag, refCmdSn });
  await settle();
  assertEquals(peer.expect(taskManagementResponse).response, 0);
  await house.store.release();
  assertEquals(peer.ending(writing).status, 0);
});
