/**
 * The task management functions of RFC 7144 §6.3: QUERY TASK, QUERY TASK SET, I_T NEXUS RESET and QUERY ASYNCHRONOUS
 * EVENT.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { r2t, scsiCommand, taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { LogIn, Peer } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

const { queryTask, queryTaskSet, itNexusReset, queryAsynchronousEvent, logicalUnitReset } = taskManagementFunction;
const { functionComplete, functionSucceeded, functionNotSupported, functionRejected, lunDoesNotExist } =
  taskManagementOutcome;

function login(isid = 1): LogIn {
  return { isid, keys: { iSCSIProtocolLevel: "2" } };
}

/** Sends a function; returns response and additional response information. */
function manage(peer: Peer, code: number, lun = 0, referencedTaskTag = 0xffffffff): [response: number, number] {
  peer.send(taskManagementRequest, { function: code, immediate: true, lun: encodeLun(lun), referencedTaskTag });
  const { response, additionalResponseInformation } = peer.expect(taskManagementResponse);
  return [response, additionalResponseInformation];
}

for (const code of [queryTask, queryTaskSet, itNexusReset, queryAsynchronousEvent, 13, 63]) {
  story(`Function ${code} is not there below iSCSIProtocolLevel 2`, (house) => {
    const peer = house.session();
    assertEquals(manage(peer, code), [functionNotSupported, 0]);
  });
}

story("QUERY TASK says whether a task is there, and leaves it alone", (house) => {
  const peer = house.session(login());
  const tag = peer.command(write10(0, 1), { write: 512 });
  const asked = peer.expect(r2t);
  assertEquals(manage(peer, queryTask, 0, tag), [functionSucceeded, 0]);
  assertEquals(manage(peer, queryTask, 1, tag), [functionComplete, 0]);
  assertEquals(manage(peer, queryTask, 0, 0x4711), [functionComplete, 0]);
  sendSequence(peer, asked, pattern(512));
  assertEquals(peer.ending(tag).status, 0);
  assertEquals(manage(peer, queryTask, 0, tag), [functionComplete, 0]);
});

story("QUERY TASK SET says whether this initiator has tasks on a unit", (house) => {
  const peer = house.session(login());
  const other = house.session(login(2));
  assertEquals(manage(peer, queryTaskSet), [functionComplete, 0]);
  const tag = peer.command(write10(0, 1), { write: 512 });
  const asked = peer.expect(r2t);
  assertEquals(manage(peer, queryTaskSet), [functionSucceeded, 0]);
  assertEquals(manage(peer, queryTaskSet, 1), [functionComplete, 0]);
  assertEquals(manage(peer, queryTaskSet, 9), [lunDoesNotExist, 0]);
  assertEquals(manage(other, queryTaskSet), [functionComplete, 0]);
  sendSequence(peer, asked, pattern(512));
  assertEquals(peer.ending(tag).status, 0);
});

story("QUERY ASYNCHRONOUS EVENT tells the unit attention that waits, and leaves it", (house) => {
  const peer = house.session(login());
  const other = house.session(login(2));
  assertEquals(manage(peer, queryAsynchronousEvent), [functionComplete, 0]);
  assertEquals(manage(peer, queryAsynchronousEvent, 9), [lunDoesNotExist, 0]);
  manage(other, logicalUnitReset);
  assertEquals(manage(peer, queryAsynchronousEvent), [functionSucceeded, 0x162903]);
  house.catalogue.targets.get(peer.connection.session.targetName)?.at(0)?.lunsChanged(peer.connection.session.nexus);
  assertEquals(manage(peer, queryAsynchronousEvent), [functionSucceeded, 0x262903]);
  peer.command(testUnitReady);
  assertEquals(peer.ending().sense, "6/29/03");
  assertEquals(manage(peer, queryAsynchronousEvent), [functionSucceeded, 0x163f0e]);
  peer.command(testUnitReady);
  assertEquals(peer.ending().sense, "6/3f/0e");
  assertEquals(manage(peer, queryAsynchronousEvent), [functionComplete, 0]);
});

story("QUERY TASK is rejected for a task management function", async (house) => {
  const peer = house.session(login());
  house.store.holding.add("write");
  peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  const reset = peer.send(taskManagementRequest, { function: logicalUnitReset, immediate: true });
  peer.expectNothing();
  assertEquals(manage(peer, queryTask, 0, reset), [functionRejected, 0]);
  await house.store.release();
  assertEquals(peer.expect(taskManagementResponse).response, functionComplete);
});

story("I_T NEXUS RESET ends the tasks of this initiator on all units and its session, and leaves others", (house) => {
  const peer = house.session(login());
  const other = house.session(login(2));
  for (const lun of [0, 1]) {
    peer.command(write10(0, 1), { write: 512, lun });
    peer.expect(r2t);
  }
  const tag = other.command(write10(8, 1), { write: 512 });
  const asked = other.expect(r2t);
  assertEquals(manage(peer, itNexusReset), [functionComplete, 0]);
  peer.expectEnd();
  assertEquals([...house.catalogue.sessions()], [other.connection.session]);
  const again = house.connect();
  again.logIn(login());
  for (const lun of [0, 1]) {
    again.command(testUnitReady, { lun });
    assertEquals(again.ending().sense, "6/29/07");
    again.command(testUnitReady, { lun });
    assertEquals(again.ending().status, 0);
  }
  sendSequence(other, asked, pattern(512));
  assertEquals(other.ending(tag).status, 0);
  other.command(testUnitReady);
  assertEquals(other.ending().status, 0);
});

story("I_T NEXUS RESET is answered when the last task has come back from its store", async (house) => {
  const peer = house.session(login());
  house.store.holding.add("write");
  peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  peer.send(taskManagementRequest, { function: itNexusReset, immediate: true });
  peer.expectNothing();
  await house.store.release();
  assertEquals(peer.expect(taskManagementResponse).response, functionComplete);
  peer.expectEnd();
});

story("I_T NEXUS RESET ends a session that could have come back, too", (house) => {
  const keys = { iSCSIProtocolLevel: "2", ErrorRecoveryLevel: "2", DefaultTime2Retain: "20" };
  const peer = house.session({ keys });
  assertEquals(manage(peer, itNexusReset), [functionComplete, 0]);
  peer.expectEnd();
  assertEquals([...house.catalogue.sessions()], []);
}, { local: { errorRecoveryLevel: 2 } });

story("The priority of a command does no harm", (house) => {
  const peer = house.session(login());
  const bytes = peer.pdu(scsiCommand, { attribute: 1 });
  bytes[2] = 0x0f;
  peer.deliver(bytes);
  assertEquals(peer.ending().status, 0);
});

for (const [level, expected] of [["1", [0xda, 0, 0, 0]], ["2", [0xde, 7, 0, 0]]] as const) {
  story(`REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS tells what there is at iSCSIProtocolLevel ${level}`, (house) => {
    const peer = house.session({ keys: { iSCSIProtocolLevel: level } });
    peer.command(Uint8Array.of(0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0), { read: 4 });
    assertEquals(peer.ending().data, Uint8Array.from(expected));
  });
}

for (const [level, descriptor] of [["0", 0x60], ["1", 0x61], ["2", 0x62], ["31", 0x62]] as const) {
  story(`INQUIRY adds iSCSIProtocolLevel to the version descriptor of iSCSI when ${level} is offered`, (house) => {
    const peer = house.session({ keys: { iSCSIProtocolLevel: level } });
    peer.command(inquiry(96), { read: 96 });
    assertEquals([...peer.ending().data.subarray(62, 64)], [0x09, descriptor]);
  });
}
