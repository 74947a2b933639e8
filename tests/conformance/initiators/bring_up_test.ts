/**
 * What real initiators fail on beyond the login: constant bits, sequence numbers, padding, residuals, the window, and who
 * may come how often.
 *
 * @module
 */

import { itemStory } from "../../support/certification.ts";
import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../../lib/iscsi/command_window.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, readCapacity, reportLuns, testUnitReady, write10 } from "../../support/cdbs.ts";
import { sendSequence } from "../../support/data_sequence.ts";
import { names, operational, security, step } from "../../support/login_story.ts";
import type { Peer } from "../../support/protocol_peer.ts";
import { ADDRESS, TARGET } from "../../support/protocol_harness.ts";

/** PDUs of the target whose byte 1 has a constant 1 in front, and how to make it send them. */
const constants: readonly { name: string; byte1: number; provoke(peer: Peer): void }[] = [
  { name: "r2t", byte1: 0x80, provoke: (peer) => peer.command(write10(0, 1), { write: 512 }) },
  { name: "scsiResponse", byte1: 0x80, provoke: (peer) => peer.command(testUnitReady) },
  { name: "scsiResponse", byte1: 0x82, provoke: (peer) => peer.command(read10(0, 0), { read: 512 }) },
  { name: "dataIn", byte1: 0x81, provoke: (peer) => peer.command(read10(0, 1), { read: 512 }) },
  { name: "dataIn", byte1: 0x83, provoke: (peer) => peer.command(read10(0, 1), { read: 1024 }) },
  { name: "nopIn", byte1: 0x80, provoke: (peer) => peer.send(pdus.nopOut, { immediate: true }) },
  {
    name: "taskManagementResponse",
    byte1: 0x80,
    provoke: (peer) => peer.send(pdus.taskManagementRequest, { function: 1, immediate: true }),
  },
  { name: "textResponse", byte1: 0x80, provoke: (peer) => peer.send(pdus.textRequest) },
  { name: "reject", byte1: 0x80, provoke: (peer) => peer.send(pdus.snackRequest) },
  { name: "asyncMessage", byte1: 0x80, provoke: (peer) => askToLeave(peer) },
  { name: "logoutResponse", byte1: 0x80, provoke: (peer) => peer.send(pdus.logoutRequest, { immediate: true }) },
];

for (const { name, byte1, provoke } of constants) {
  itemStory(["WIN 19"], `${name} has ${byte1.toString(16)}h in byte 1 and nothing in reserved bytes`, (house) => {
    const peer = house.session();
    provoke(peer);
    const answer = peer.next();
    assertEquals([answer?.name, answer?.header[1], answer?.header[4]], [name, byte1, 0]);
    const reserved = name === "reject" ? [3, 8, 15] : name === "r2t" ? [2, 3] : [8, 9, 14, 15];
    for (const at of reserved) assertEquals(answer?.header[at], 0, `byte ${at}`);
    peer.end();
  });
}

/** The commands of an initiator that brings a disk up: CDB and what it has room for. */
const bringUp: readonly (readonly [name: string, cdb: Uint8Array, read: number])[] = [
  ["REPORT LUNS of 16 bytes", reportLuns(16), 16],
  ["REPORT LUNS of 255 bytes", reportLuns(255), 255],
  ["INQUIRY of 36 bytes", inquiry(36), 36],
  ["INQUIRY of 38 bytes", inquiry(38), 38],
  ["INQUIRY of 5 bytes", inquiry(5), 5],
  ["INQUIRY of 255 bytes", inquiry(255), 255],
  ["VPD 00", Uint8Array.of(0x12, 1, 0x00, 0, 255, 0), 255],
  ["VPD 00 of 7 bytes", Uint8Array.of(0x12, 1, 0x00, 0, 7, 0), 7],
  ["VPD 80", Uint8Array.of(0x12, 1, 0x80, 0, 255, 0), 255],
  ["VPD 83", Uint8Array.of(0x12, 1, 0x83, 0, 255, 0), 255],
  ["VPD B0", Uint8Array.of(0x12, 1, 0xb0, 0, 64, 0), 64],
  ["READ CAPACITY (10)", readCapacity, 8],
  ["READ CAPACITY (16) of 12 bytes", Uint8Array.of(0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0), 12],
  ["READ CAPACITY (16) of 32 bytes", Uint8Array.of(0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0), 32],
  ["MODE SENSE (6) of page 3Fh", Uint8Array.of(0x1a, 0, 0x3f, 0, 192, 0), 192],
  ["MODE SENSE (6) of page 08h", Uint8Array.of(0x1a, 0, 0x08, 0, 192, 0), 192],
];

for (const [name, cdb, read] of bringUp) {
  for (const attribute of [0, 1]) {
    itemStory(
      ["WIN 23", "WIN 24", "WIN 26"],
      `${name} sends what fits, padded, and tells the rest, with attribute ${attribute}`,
      (house) => {
        const peer = house.session();
        const { cmdSn, expStatSn } = peer;
        peer.command(cdb, { read, attribute });
        const answer = peer.expect(pdus.dataIn);
        const { data, residualCount, underflow, overflow, hasStatus, final, status, bufferOffset, dataSn } = answer;
        assertEquals([hasStatus, final, status, bufferOffset, dataSn], [true, true, 0, 0, 0]);
        assertEquals([data.length + residualCount, underflow, overflow], [read, residualCount > 0, false]);
        assertEquals([answer.statSn, answer.expCmdSn], [expStatSn, cmdSn + 1]);
        assert(serialDifference(answer.maxCmdSn, answer.expCmdSn) >= 31);
      },
    );
  }
}

itemStory(
  ["WIN 33", "ESX 9"],
  "REPORT LUNS and INQUIRY work before a unit attention is heard, and at units that are not there",
  (house) => {
    const peer = house.connect();
    peer.logIn();
    peer.command(reportLuns(64), { read: 64 });
    assertEquals(peer.ending().data.length, 24);
    peer.command(inquiry(36), { read: 36, lun: 5 });
    assertEquals(peer.ending().data[0], 0x7f);
    peer.command(testUnitReady, { lun: 5 });
    assertEquals(peer.ending().sense, "5/25/00");
    peer.command(testUnitReady);
    assertEquals(peer.ending().sense, "6/29/00");
  },
);

itemStory(["WIN 18", "WIN 20"], "An R2T begins behind the immediate data and uses up no StatSN", (house) => {
  const peer = house.session({ keys: { FirstBurstLength: "65536", MaxBurstLength: "262144" } });
  const data = pattern(262144);
  const { expStatSn } = peer;
  peer.command(write10(0, 512), { write: data.length, data: data.subarray(0, 65536) });
  const request = peer.expect(pdus.r2t);
  assertEquals([request.bufferOffset, request.desiredDataTransferLength, request.r2tSn], [65536, 196608, 0]);
  assertEquals(request.statSn, expStatSn);
  sendSequence(peer, request, data, 65536);
  const response = peer.expect(pdus.scsiResponse);
  assertEquals([response.statSn, response.status, response.residualCount], [expStatSn, 0, 0]);
});

itemStory(["ESX 2"], "34 blocks with 8192 immediate bytes and the rest in one Data-Out arrive", (house) => {
  const peer = house.session({ keys: { FirstBurstLength: "262144" } });
  const data = pattern(34 * 512);
  peer.command(write10(0, 34), { write: data.length, data: data.subarray(0, 8192) });
  sendSequence(peer, peer.expect(pdus.r2t), data, 16384);
  assertEquals(peer.ending().residual, 0);
  assertEquals(house.store.bytes(0, data.length), data);
});

itemStory(["PXE 4"], "Data-Out in 512-byte PDUs, as boot ROMs send it, arrives", (house) => {
  const peer = house.session({ keys: { ImmediateData: "No", InitialR2T: "Yes", MaxOutstandingR2T: "1" } });
  const data = pattern(16384);
  peer.command(write10(3, 32), { write: data.length });
  sendSequence(peer, peer.expect(pdus.r2t), data, 512);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(3 * 512, data.length), data);
});

itemStory(["WIN 22"], "4 MiB in one command go through a window of one command", async (house) => {
  const peer = house.session({ keys: { MaxBurstLength: "262144" } });
  const data = pattern(4 << 20);
  peer.command(write10(0, 8192), { write: data.length });
  for (let answer = peer.next(); answer?.name === "r2t"; answer = peer.next() ?? undefined) {
    sendSequence(peer, pdus.r2t.decode(answer.header), data, 65536);
    if (peer.connection.session.tasks.size === 0) break;
  }
  await Promise.resolve();
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, data.length), data);
  peer.command(read10(0, 8192), { read: data.length });
  await Promise.resolve();
  assertEquals(peer.ending().data, data);
}, { queueDepth: 1 });

itemStory(
  ["WIN 5", "EFI 5"],
  "Login answers carry the CmdSN of the login in ExpCmdSN, and a window that is open",
  (house) => {
    const peer = house.connect();
    peer.cmdSn = 1;
    const [first] = step(peer, security, names);
    const [last] = step(peer, operational, []);
    assertEquals([first.expCmdSn, last.expCmdSn, last.statSn - first.statSn], [1, 1, 1]);
    assert(serialDifference(last.maxCmdSn, 32) >= 0);
    peer.command(testUnitReady, { cmdSn: 1 });
    assertEquals(peer.expect(pdus.scsiResponse).expCmdSn, 2);
  },
);

itemStory(["WIN 12", "WIN 14", "BSD 4"], "A discovery login in the middle of another login is served", (house) => {
  const slow = house.connect();
  step(slow, security, names);
  const peer = house.session({ isid: 3, keys: { SessionType: "Discovery", TargetName: undefined } });
  const found = peer.text([["SendTargets", "All"]], { immediate: true });
  assertEquals([found.get("TargetName"), found.get("TargetAddress")], [TARGET, `${ADDRESS},1`]);
  peer.send(pdus.logoutRequest, { immediate: true });
  assertEquals(peer.expect(pdus.logoutResponse).response, 0);
  const [last] = step(slow, operational, []);
  assertEquals(last.transit, true);
});

itemStory(["BSD 5", "WIN 27"], "Pings each second, as FreeBSD sends them, do not hold commands up", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  peer.command(read10(0, 1), { read: 512 });
  for (let second = 0; second < 60; second++) {
    house.pass(1000);
    peer.send(pdus.nopOut, { immediate: true });
    peer.expect(pdus.nopIn);
  }
  await house.store.release();
  assertEquals(peer.ending().status, 0);
});

function askToLeave(peer: Peer): void {
  peer.connection.requestLogout(3);
  peer.flush();
}
