import { assert, assertEquals, assertThrows } from "@std/assert";
import { Connection } from "../../lib/iscsi/connection.ts";
import { RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import type { Timeouts } from "../../lib/iscsi/keep_alive.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { Core, coreHost } from "../support/core.ts";

const timeouts: Timeouts = { login: 100, ping: 10, answer: 20 };

/** Takes a ping and answers it at a time. */
function pong(core: Core, now: number): void {
  const { targetTransferTag } = core.flush().expect(nopIn);
  core.now = now;
  core.send(nopOut, { immediate: true, initiatorTaskTag: RESERVED_TAG, targetTransferTag });
}

Deno.test("tick() ends a login that takes too long", () => {
  const { pool } = new Core();
  const connection = new Connection({ host: coreHost, pool, timeouts, now: 1000 });
  assertEquals([connection.tick(1000), connection.tick(1099)], [1100, 1100]);
  assertThrows(() => connection.tick(1100), ConnectionError, "not done after 0.1 s");
});

Deno.test("tick() pings after a silence, with a valid tag, and uses up no StatSN", () => {
  const core = new Core({ timeouts });
  core.connection.statSn = 7;
  assertEquals([core.connection.tick(0), core.connection.tick(9)], [10, 10]);
  core.flush().expectNothing();
  core.connection.tick(10);
  const ping = core.flush().expect(nopIn);
  assertEquals([ping.final, ping.initiatorTaskTag, ping.statSn, ping.data.length], [true, RESERVED_TAG, 7, 0]);
  assert(ping.targetTransferTag !== RESERVED_TAG);
  assertEquals(core.connection.statSn, 7);
});

Deno.test("tick() counts silence from what was heard last", () => {
  const core = new Core({ timeouts });
  core.now = 8;
  core.send(nopOut, { immediate: true });
  assertEquals(core.connection.tick(10), 18);
});

Deno.test("tick() leaves an initiator alone that has never answered a ping", () => {
  const core = new Core({ timeouts });
  for (let now = 10; now < 1000; now = core.connection.tick(now));
  core.flush().expect(nopIn);
  core.initiator.expectNothing();
});

Deno.test("tick() ends the connection of an initiator that answers no more", () => {
  const core = new Core({ timeouts });
  core.connection.tick(10);
  pong(core, 11);
  assertEquals(core.connection.tick(11), 21);
  assertEquals([core.connection.tick(21), core.connection.tick(40)], [31, 41]);
  assertThrows(() => core.connection.tick(41), ConnectionError, "no answer to a ping for 0.02 s");
});

Deno.test("tick() pings after each silence, however long an answer may take", () => {
  const core = new Core({ timeouts: { ...timeouts, answer: 1000 } });
  for (let pinged = 10; pinged < 60; pinged += 11) {
    const due = core.connection.tick(pinged);
    pong(core, pinged + 1);
    // Called when it wants to be, and not before: the silence is over 10 after the answer.
    assertEquals(core.connection.tick(due), pinged + 11);
  }
});

Deno.test("tick() goes on when anything is heard while an answer is due", () => {
  const core = new Core({ timeouts });
  core.connection.tick(10);
  pong(core, 11);
  core.connection.tick(21);
  core.now = 40;
  core.send(nopOut, { immediate: true });
  assertEquals(core.connection.tick(41), 50);
});

Deno.test("tick() never pings when it is not to", () => {
  const core = new Core({ timeouts: { ...timeouts, ping: 0 } });
  assertEquals(core.connection.tick(1_000_000), Infinity);
  core.flush().expectNothing();
});

Deno.test("tick() never ends a connection when no answer is to be waited for", () => {
  const core = new Core({ timeouts: { ...timeouts, answer: 0 } });
  core.connection.tick(10);
  pong(core, 11);
  assertEquals([core.connection.tick(21), core.connection.tick(1000)], [31, 1010]);
});
