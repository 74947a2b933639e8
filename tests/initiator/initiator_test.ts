import { assert, assertEquals, assertRejects } from "@std/assert";
import { AnswerTimeoutError, SessionClosedError } from "../../lib/initiator/errors.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import { rejectReason, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ConnectionError, RejectError } from "../../lib/iscsi/errors.ts";
import {
  asyncMessage,
  dataIn,
  logoutRequest,
  logoutResponse,
  nopIn,
  nopOut,
  reject,
  scsiCommand,
  scsiResponse,
  textRequest,
  textResponse,
} from "../../lib/iscsi/pdu/mod.ts";
import { encodeText } from "../../lib/iscsi/text.ts";
import { memoryPair } from "../support/memory_pair.ts";
import { scriptedInitiatorOptions, ScriptedTarget, withSession } from "../support/scripted_target.ts";

const testUnitReady = new Uint8Array(6);

Deno.test("execute() acknowledges and counts when commands follow one another", async () => {
  await withSession(async (initiator, target) => {
    for (let round = 0; round < 3; round++) {
      const result = initiator.execute(testUnitReady);
      const command = await target.expect(scsiCommand);
      assertEquals([command.cmdSn, command.expStatSn], [1 + round, target.statSn]);
      await target.send(scsiResponse, { initiatorTaskTag: command.initiatorTaskTag });
      assertEquals((await result).status, 0);
    }
  });
});

Deno.test("execute() holds commands back when the window is closed, and sends them in order when it opens", async () => {
  await withSession(async (initiator, target) => {
    const first = initiator.execute(testUnitReady);
    const results = [1, 2, 3].map((lun) => initiator.execute(testUnitReady, { lun }));
    const one = await target.expect(scsiCommand);
    await target.send(scsiResponse, { initiatorTaskTag: one.initiatorTaskTag });
    await first;
    const two = await target.expect(scsiCommand);
    assertEquals(two.lun[1], 1);
    target.window = 0;
    await target.send(scsiResponse, { initiatorTaskTag: two.initiatorTaskTag });
    const echo = initiator.ping();
    const ping = await target.expect(nopOut);
    await target.send(nopIn, { initiatorTaskTag: ping.initiatorTaskTag });
    await echo;
    target.window = 2;
    await target.send(nopIn, { ...windowNews, statSn: target.statSn });
    for (const lun of [2, 3]) {
      const command = await target.expect(scsiCommand);
      assertEquals(command.lun[1], lun);
      await target.send(scsiResponse, { initiatorTaskTag: command.initiatorTaskTag });
    }
    await Promise.all(results);
  }, { window: 1 });
});

Deno.test("execute() fails alone when the target rejects it", async () => {
  await withSession(async (initiator, target) => {
    const doomed = initiator.execute(testUnitReady);
    const other = initiator.execute(testUnitReady);
    const first = await target.expect(scsiCommand);
    const second = await target.expect(scsiCommand);
    const header = scsiCommand.encode({ opcode: 1, initiatorTaskTag: first.initiatorTaskTag });
    await target.send(reject, { reason: rejectReason.taskInProgress }, header);
    await target.send(scsiResponse, { initiatorTaskTag: second.initiatorTaskTag, status: 8 });
    const error = await assertRejects(() => doomed, RejectError);
    assertEquals(error.reason, rejectReason.taskInProgress);
    assertEquals((await other).status, 8);
  });
});

Deno.test("everything fails when the target closes the connection", async () => {
  await withSession(async (initiator, target) => {
    const waiting = [initiator.execute(testUnitReady), initiator.ping(), initiator.text([])];
    target.close();
    for (const one of waiting) await assertRejects(() => one, SessionClosedError);
    assert(initiator.closed);
    await assertRejects(() => initiator.execute(testUnitReady), SessionClosedError);
  });
});

Deno.test("execute() gives up when the target does not answer in time", async () => {
  await withSession(async (initiator) => {
    await assertRejects(() => initiator.execute(testUnitReady), AnswerTimeoutError, "within 20 ms");
    assert(initiator.closed);
  }, { timeout: 20 });
});

Deno.test("login() gives up when the target does not answer in time", async () => {
  const [near, far] = memoryPair();
  const login = Initiator.login(near, { ...scriptedInitiatorOptions, timeout: 1 });
  await assertRejects(() => login, AnswerTimeoutError, "a login");
  far.close();
});

const nonsense: readonly [name: string, send: (target: ScriptedTarget) => Promise<void>, message: string][] = [
  ["answers what was not asked", (target) => target.send(scsiResponse, { initiatorTaskTag: 99 }), "opcode 21h"],
  ["answers with another kind", (target) => target.send(logoutResponse, { initiatorTaskTag: 1 }), "opcode 26h"],
  ["leaves out a StatSN", (target) => target.send(scsiResponse, { statSn: target.statSn + 1 }), "StatSN"],
  ["rejects what was not sent", (target) => target.send(reject, { reason: 4 }, new Uint8Array(48)), "reason 4"],
  ["sends Data-In that was not asked for", (target) => target.send(dataIn, { initiatorTaskTag: 1 }, one), "Data-In"],
  ["sends a segment that is too long", (target) => target.send(nopIn, {}, new Uint8Array(1025)), "1025 bytes"],
];

const one = new Uint8Array(1);

for (const [name, send, message] of nonsense) {
  Deno.test(`the session ends when the target ${name}`, async () => {
    await withSession(async (initiator, target) => {
      const result = initiator.execute(testUnitReady);
      await target.expect(scsiCommand);
      await send(target);
      await assertRejects(() => result, ConnectionError, message);
      await target.expectEnd();
    }, { parameters: { maxRecvDataSegmentLength: 1024 } });
  });
}

Deno.test("a ping is answered when the target sends a NOP-In with a tag of its own", async () => {
  await withSession(async (_, target) => {
    const lun = Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 0);
    const tags = { initiatorTaskTag: RESERVED_TAG, targetTransferTag: 0x55 };
    await target.send(nopIn, { ...tags, lun, statSn: target.statSn });
    const answer = await target.expect(nopOut);
    assertEquals([answer.initiatorTaskTag, answer.targetTransferTag], [RESERVED_TAG, 0x55]);
    assertEquals([answer.lun, answer.immediate, answer.data.length], [lun, true, 0]);
  });
});

Deno.test("ping() gives back what the target echoes", async () => {
  await withSession(async (initiator, target) => {
    const echo = initiator.ping(Uint8Array.of(1, 2, 3));
    const { initiatorTaskTag, targetTransferTag, data, immediate } = await target.expect(nopOut);
    assertEquals([targetTransferTag, immediate], [RESERVED_TAG, true]);
    await target.send(nopIn, { initiatorTaskTag }, data);
    assertEquals(await echo, Uint8Array.of(1, 2, 3));
  });
});

Deno.test("the session logs out when the target asks for it and the last command is answered", async () => {
  await withSession(async (initiator, target) => {
    const last = initiator.execute(testUnitReady);
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    await target.send(asyncMessage, { asyncEvent: 1, parameter3: 5 });
    await target.send(nopIn, { initiatorTaskTag: RESERVED_TAG, targetTransferTag: 9, statSn: target.statSn });
    await target.expect(nopOut);
    await assertRejects(() => initiator.execute(testUnitReady), SessionClosedError, "wants a logout");
    await target.send(scsiResponse, { initiatorTaskTag });
    assertEquals((await last).status, 0);
    const logout = await target.expect(logoutRequest);
    await target.send(logoutResponse, { initiatorTaskTag: logout.initiatorTaskTag });
    await target.expectEnd();
    assert(initiator.closed);
  });
});

Deno.test("logout() closes the connection when the target has agreed", async () => {
  await withSession(async (initiator, target) => {
    const logout = initiator.logout();
    const { reason, immediate, initiatorTaskTag } = await target.expect(logoutRequest);
    assertEquals([reason, immediate], [0, true]);
    await target.send(logoutResponse, { initiatorTaskTag });
    await logout;
    await target.expectEnd();
    await initiator.logout();
  });
});

Deno.test("logout() fails, and closes, when the target does not agree", async () => {
  await withSession(async (initiator, target) => {
    const logout = initiator.logout();
    const { initiatorTaskTag } = await target.expect(logoutRequest);
    await target.send(logoutResponse, { initiatorTaskTag, response: 3 });
    await assertRejects(() => logout, ConnectionError, "answered 3");
    assert(initiator.closed);
  });
});

Deno.test("dispose does not fail when the connection is gone", async () => {
  await withSession(async (initiator, target) => {
    target.close();
    await initiator[Symbol.asyncDispose]();
    assert(initiator.closed);
  });
});

Deno.test("sendTargets() asks for all and gathers the answer when that takes several PDUs", async () => {
  const [near, far] = memoryPair({ most: 7 });
  const target = new ScriptedTarget(far);
  const { initiatorName } = scriptedInitiatorOptions;
  const login = Initiator.login(near, { initiatorName });
  const [, identity] = await target.login([["AuthMethod", "None"]]);
  assertEquals(new Map(identity).get("SessionType"), "Discovery");
  const [, offers] = await target.login([]);
  assertEquals(offers.map(([key]) => key).includes("InitialR2T"), false);
  const initiator = await login;
  const targets = initiator.sendTargets();
  const text = encodeText([
    ["TargetName", "iqn.2001-04.com.example:a"],
    ["TargetAddress", "192.0.2.1:3260,1"],
    ["TargetAddress", "[2001:db8::1]:3261,2"],
    ["TargetName", "iqn.2001-04.com.example:b"],
  ]);
  const request = await target.expect(textRequest);
  assertEquals([request.final, request.targetTransferTag], [true, RESERVED_TAG]);
  assertEquals(request.data, encodeText([["SendTargets", "All"]]));
  const { initiatorTaskTag } = request;
  const more = { initiatorTaskTag, targetTransferTag: 77, final: false };
  await target.send(textResponse, { ...more, continued: true }, text.subarray(0, 40));
  const second = await target.expect(textRequest);
  assertEquals([second.initiatorTaskTag, second.targetTransferTag, second.data.length], [initiatorTaskTag, 77, 0]);
  await target.send(textResponse, { initiatorTaskTag }, text.subarray(40));
  assertEquals(await targets, [
    {
      name: "iqn.2001-04.com.example:a",
      portals: [{ hostname: "192.0.2.1", port: 3260, tag: 1 }, { hostname: "2001:db8::1", port: 3261, tag: 2 }],
    },
    { name: "iqn.2001-04.com.example:b", portals: [] },
  ]);
  initiator.close();
  await target.expectEnd();
});

Deno.test("sendTargets() asks for its own target when the session is a normal one", async () => {
  await withSession(async (initiator, target) => {
    const targets = initiator.sendTargets();
    const { data, initiatorTaskTag } = await target.expect(textRequest);
    assertEquals(data, encodeText([["SendTargets", ""]]));
    await target.send(textResponse, { initiatorTaskTag });
    assertEquals(await targets, []);
  });
});

const digests = { parameters: { headerDigest: ["CRC32C"], dataDigest: ["CRC32C"] } } as const;
const digestAnswers = { answers: [["HeaderDigest", "CRC32C"], ["DataDigest", "CRC32C"]] } as const;

Deno.test("digests are sent and checked when the login agreed on them", async () => {
  await withSession(async (initiator, target) => {
    assert(target.headerDigest && target.dataDigest);
    const result = initiator.execute(testUnitReady, { dataIn: 5 });
    const { initiatorTaskTag } = await target.expect(scsiCommand);
    const last = { initiatorTaskTag, hasStatus: true };
    await target.send(dataIn, last, Uint8Array.of(1, 2, 3, 4, 5));
    assertEquals((await result).data, Uint8Array.of(1, 2, 3, 4, 5));
    const spoiled = initiator.execute(testUnitReady, { dataIn: 1 });
    const next = await target.expect(scsiCommand);
    const values = { initiatorTaskTag: next.initiatorTaskTag, hasStatus: true };
    await target.send(dataIn, values, Uint8Array.of(1), { badDataDigest: true });
    await assertRejects(() => spoiled, ConnectionError, "data digest");
  }, { ...digests, ...digestAnswers });
});

const windowNews = { initiatorTaskTag: RESERVED_TAG, targetTransferTag: RESERVED_TAG };
