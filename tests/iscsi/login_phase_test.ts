import { assert, assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Connection } from "../../lib/iscsi/connection.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import type { SessionHost } from "../../lib/iscsi/host.ts";
import { defaultTimeouts } from "../../lib/iscsi/keep_alive.ts";
import { loginResponse } from "../../lib/iscsi/pdu/login.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { coreHost, feed, newSession } from "../support/core.ts";
import { normal, TARGET } from "../support/login_steps.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";

/** What opens a session from the operational stage. */
const pairs = normal.filter(([key]) => key !== "AuthMethod");

/** A connection that begins, and its initiator. */
function begin(host: Partial<SessionHost> = {}) {
  const pool = new BufferPool();
  const session = newSession(pool);
  const connection = new Connection({
    host: { ...coreHost, admit: () => session, ...host },
    pool,
    timeouts: defaultTimeouts,
    now: 0,
  });
  const initiator = new ScriptedInitiator();
  const flush = (): ScriptedInitiator => {
    const { transmit } = connection.sender;
    for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
      initiator.receive(bytes);
      connection.sent(bytes.length);
    }
    return initiator;
  };
  return { pool, session, connection, initiator, flush };
}

Deno.test("a login that ends well enters full feature phase and tells the log", () => {
  const { connection, session, initiator, flush } = begin();
  feed(connection, initiator.login(pairs, { cid: 7, expStatSn: 40, cmdSn: 1, initiatorTaskTag: 5 }));
  const answer = flush().expect(loginResponse);
  assertEquals([answer.statusClass, answer.statusDetail, answer.transit, answer.nextStage], [0, 0, true, 3]);
  assertEquals([answer.tsih, answer.statSn, answer.expCmdSn, answer.maxCmdSn, answer.initiatorTaskTag], [
    1,
    40,
    1,
    8,
    5,
  ]);
  assert(connection.inFullFeature && session.connections.get(7) === connection);
  assertEquals(connection.nextEvent(), {
    kind: "login",
    initiatorName: session.initiatorName,
    targetName: TARGET,
    tsih: 1,
  });
  feed(connection, initiator.pdu(nopOut));
  assertEquals(flush().expect(nopIn).statSn, 41);
  connection.close();
});

Deno.test("digests that were negotiated count from the first PDU behind the login", () => {
  const { connection, initiator, flush } = begin();
  feed(connection, initiator.login([...pairs, ["HeaderDigest", "CRC32C"], ["DataDigest", "CRC32C"]]));
  flush().expect(loginResponse);
  initiator.headerDigest = initiator.dataDigest = true;
  feed(connection, initiator.pdu(nopOut, {}, Uint8Array.of(1, 2, 3)));
  assertEquals(flush().expect(nopIn).data, Uint8Array.of(1, 2, 3));
  connection.close();
});

Deno.test("a login that is refused is answered with the status, and closes when that has left", () => {
  const { connection, initiator, flush } = begin();
  feed(connection, initiator.login(pairs.map(([key, value]) => [key, value === TARGET ? `${TARGET}x` : value])));
  const answer = flush().expect(loginResponse);
  assertEquals([answer.statusClass, answer.statusDetail, answer.transit, answer.tsih], [2, 3, false, 0]);
  assert(connection.closing && !connection.inFullFeature);
  const event = connection.nextEvent();
  assert(event?.kind === "login refused");
  assertEquals([event.status, event.targetName], [0x0203, `${TARGET}x`]);
  feed(connection, initiator.login(pairs));
  flush().expectNothing();
});

Deno.test("a login that the host does not admit is answered with the host's status", () => {
  const { connection, initiator, flush } = begin({
    admit() {
      throw new LoginError(0x0302, "Cannot open a session: 65535 are open");
    },
  });
  feed(connection, initiator.login(pairs));
  const answer = flush().expect(loginResponse);
  assertEquals([answer.statusClass, answer.statusDetail, answer.transit, answer.nextStage], [3, 2, false, 0]);
  assertEquals([answer.data.length, connection.closing, connection.inFullFeature], [0, true, false]);
  const event = connection.nextEvent();
  assert(event?.kind === "login refused" && event.message === "Cannot open a session: 65535 are open");
});

Deno.test("the first answer takes the StatSN that the initiator expects, and each one counts on", () => {
  const { connection, initiator, flush } = begin();
  const first = { transit: true, currentStage: 0, nextStage: 1, expStatSn: 0xffffffff };
  feed(connection, initiator.login(pairs, first));
  assertEquals(flush().expect(loginResponse).statSn, 0xffffffff);
  feed(connection, initiator.login([], { expStatSn: 12345 }));
  assertEquals(flush().expect(loginResponse).statSn, 0);
  connection.close();
});
