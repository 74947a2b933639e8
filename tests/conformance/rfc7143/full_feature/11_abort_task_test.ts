/**
 * ABORT TASK (RFC 7143 §11.5.1, §11.6.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementOutcome } from "../../../../lib/iscsi/constants.ts";
import { nopIn, nopOut, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { itemStory } from "../../../support/certification.ts";
import { abort, outcome } from "../../../support/managing.ts";

const { functionComplete, taskDoesNotExist } = taskManagementOutcome;

for (const immediate of [true, false]) {
  const kind = immediate ? "immediate" : "numbered";
  itemStory(["FFP 11.1"], `An ${kind} ABORT TASK ends a WRITE that waits for data, and nothing else`, (house) => {
    const peer = house.session();
    const refCmdSn = peer.cmdSn;
    const aborted = peer.command(write10(0, 2), { write: 1024 });
    const request = peer.expect(r2t);
    const other = peer.command(write10(4, 1), { write: 512, immediate });
    const kept = peer.expect(r2t);
    assertEquals(outcome(peer, abort(peer, aborted, refCmdSn, immediate)), functionComplete);
    sendSequence(peer, request, pattern(1024));
    peer.expectNothing();
    sendSequence(peer, kept, pattern(512));
    assertEquals(peer.ending(other).status, 0);
    assertEquals(house.store.bytes(0, 1024), new Uint8Array(1024));
    assertEquals(house.store.bytes(2048, 512), pattern(512));
  });
}

/** Tags of no task, with RefCmdSN relative to the CmdSN of the function. */
const unknown = [
  { name: "has been answered", ref: -1, response: taskDoesNotExist },
  { name: "lies outside the window", ref: -1000, response: taskDoesNotExist },
  { name: "has a CmdSN of the future", ref: 500, response: taskDoesNotExist },
  { name: "would have the CmdSN of the function itself", ref: 0, response: taskDoesNotExist },
];

for (const { name, ref, response } of unknown) {
  itemStory(
    ["FFP 11.3.3"],
    `ABORT TASK of a task that ${name} is answered with ${response} and harms no one`,
    (house) => {
      const peer = house.session();
      peer.command(testUnitReady);
      assertEquals(peer.ending().status, 0);
      assertEquals(outcome(peer, abort(peer, 0xdeadbeef, peer.cmdSn + ref >>> 0)), response);
      peer.command(read10(0, 1), { read: 512 });
      assertEquals(peer.ending().status, 0);
      peer.send(nopOut);
      peer.expect(nopIn);
    },
  );
}
