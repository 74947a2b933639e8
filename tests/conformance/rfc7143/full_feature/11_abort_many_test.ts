/**
 * Task management functions that reach many tasks (RFC 7143 §4.2.3.3, §11.5.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction, taskManagementOutcome } from "../../../../lib/iscsi/constants.ts";
import { nopIn, nopOut, r2t, taskManagementResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { story } from "../../../support/protocol_harness.ts";
import { itemStory } from "../../../support/certification.ts";
import { attention, manage, outcome } from "../../../support/managing.ts";

const { abortTaskSet, clearTaskSet, logicalUnitReset, targetWarmReset, targetColdReset } = taskManagementFunction;

const { functionComplete } = taskManagementOutcome;

/**
 * What each function does to tasks of this session on this unit and on another, and of another session on this unit; and
 * the unit attentions of this session and of the other.
 */
const functions = [
  {
    items: ["WIN 30"],
    name: "ABORT TASK SET",
    code: abortTaskSet,
    ends: [true, false, false],
    attentions: ["", ""],
  },
  {
    items: ["WIN 30"],
    name: "CLEAR TASK SET",
    code: clearTaskSet,
    ends: [true, false, true],
    attentions: ["", "6/2f/00"],
  },
  {
    items: ["WIN 30", "ESX 6"],
    name: "LOGICAL UNIT RESET",
    code: logicalUnitReset,
    ends: [true, false, true],
    attentions: ["6/29/03", "6/29/03"],
  },
  {
    items: ["FFP 11.4", "WIN 30"],
    name: "TARGET WARM RESET",
    code: targetWarmReset,
    ends: [true, true, true],
    attentions: ["6/29/02", "6/29/02"],
  },
] as const;

for (const { items, name, code, ends, attentions } of functions) {
  for (const immediate of [true, false]) {
    itemStory(items, `${name} ends the right tasks${immediate ? "" : " in its turn"}, which stay silent`, (house) => {
      const peer = house.session();
      const other = house.session({ isid: 2 });
      const data = pattern(512);
      const tasks = [{ of: peer, lun: 0 }, { of: peer, lun: 1 }, { of: other, lun: 0 }].map(({ of, lun }, place) => {
        of.command(write10(place, 1), { write: 512, lun });
        return { of, request: of.expect(r2t) };
      });
      assertEquals(outcome(peer, manage(peer, code, 0, immediate)), functionComplete);
      other.expectNothing();
      for (const [place, { of, request }] of tasks.entries()) {
        sendSequence(of, request, data);
        if (ends[place] === false) assertEquals(of.ending().status, 0);
        of.expectNothing();
      }
      assertEquals(house.store.calls.length, ends.filter((end, place) => !end && place !== 1).length);
      assertEquals([attention(peer), attention(other)], [...attentions]);
      peer.send(nopOut);
      peer.expect(nopIn);
    });
  }

  story(`${name} is answered when a write in the store is over, and not before`, async (house) => {
    const peer = house.session();
    house.store.holding.add("write");
    peer.command(write10(0, 1), { write: 512, data: pattern(512) });
    const tag = manage(peer, code);
    assertEquals(house.store.waiting, 1);
    peer.expectNothing();
    await house.store.release();
    assertEquals(outcome(peer, tag), functionComplete);
  });

  if (!ends[2]) continue;
  story(`${name} waits for the stuck write of another session, even when that session has gone`, async (house) => {
    const peer = house.session();
    const other = house.session({ isid: 2 });
    house.store.holding.add("write");
    other.command(write10(0, 1), { write: 512, data: pattern(512) });
    const first = manage(peer, code);
    other.end();
    const second = manage(peer, code);
    peer.expectNothing();
    await house.store.release();
    const answered = [peer.expect(taskManagementResponse), peer.expect(taskManagementResponse)];
    assertEquals(answered.map(({ initiatorTaskTag }) => initiatorTaskTag).sort(), [first, second]);
  });
}

itemStory(["FFP 11.5", "WIN 30"], "TARGET COLD RESET ends all tasks, answers, and closes every connection", (house) => {
  const peer = house.session();
  const other = house.session({ isid: 2 });
  const discovery = house.session({ isid: 3, keys: { SessionType: "Discovery", TargetName: undefined } });
  other.command(write10(0, 1), { write: 512 });
  other.expect(r2t);
  const tag = manage(peer, targetColdReset);
  assertEquals(outcome(peer, tag), functionComplete);
  peer.expectEnd();
  other.expectEnd();
  assertEquals(discovery.ended, false);
  const again = house.connect();
  again.logIn();
  assertEquals(attention(again).slice(0, 4), "6/29");
});

for (const code of [abortTaskSet, clearTaskSet, logicalUnitReset]) {
  itemStory(
    ["FFP 11.3.2"],
    `Function ${code}, immediate, reaches the commands with lower CmdSNs that come after it`,
    (house) => {
      const peer = house.session();
      const first = peer.cmdSn;
      peer.command(write10(0, 1), { write: 512, cmdSn: first });
      const requests = [peer.expect(r2t)];
      peer.cmdSn = first + 2;
      const tag = manage(peer, code);
      peer.expectNothing();
      peer.command(write10(1, 1), { write: 512, cmdSn: first + 1 });
      for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
        if (answer.name === "taskManagementResponse") {
          assertEquals([answer.values.initiatorTaskTag, answer.values.response], [tag, functionComplete]);
          peer.expectNothing();
          break;
        }
        requests.push(r2t.decode(answer.header) as typeof requests[0]);
      }
      for (const request of requests) sendSequence(peer, request, pattern(512));
      peer.expectNothing();
      assertEquals([house.store.calls, peer.connection.session.tasks.size], [[], 0]);
      peer.send(nopOut, { immediate: true });
      peer.expect(nopIn);
    },
  );
}

itemStory(
  ["FFP 11.3.1"],
  "After ABORT TASK SET nothing of its tasks comes, and a ping with its CmdSN is answered",
  async (house) => {
    const peer = house.session();
    house.store.holding.add("read");
    const reads = [0, 1, 2].map((lba) => peer.command(read10(lba, 1), { read: 512 }));
    peer.command(write10(0, 1), { write: 512 });
    const request = peer.expect(r2t);
    const { cmdSn } = peer;
    const tag = manage(peer, abortTaskSet);
    await house.store.release();
    assertEquals(outcome(peer, tag), functionComplete);
    sendSequence(peer, request, pattern(512));
    peer.send(nopOut, { cmdSn, immediate: true }, pattern(7));
    const ping = peer.expect(nopIn);
    assertEquals([ping.data, ping.expCmdSn, reads.length], [pattern(7), cmdSn, 3]);
    peer.expectNothing();
    assertEquals(house.store.calls.filter((call) => call.startsWith("write")), []);
  },
);
