import { assertEquals, assertThrows } from "@std/assert";
import type { Session } from "../../lib/iscsi/session.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { checkLimits, enforceLimits, type TargetLimits } from "../../lib/target/limits.ts";

/** Two sessions of `a` with three connections, and one of `b` with one. */
const sessions = [["a", 2], ["a", 1], ["b", 1]].map(([initiatorName, size]) =>
  ({ initiatorName, connections: { size } }) as unknown as Session
);

const rows: readonly (readonly [limits: TargetLimits, initiatorName: string, joins: boolean, refusal?: string])[] = [
  [{}, "c", false],
  [{ sessions: 4 }, "c", false],
  [{ sessions: 3 }, "c", false, "Cannot let anyone in: all 3 sessions are open"],
  [{ sessions: 3 }, "a", true],
  [{ sessionsPerInitiator: 2 }, "a", false, "Cannot let anyone in: a has all 2 sessions that one initiator may have"],
  [{ sessionsPerInitiator: 2 }, "a", true],
  [{ sessionsPerInitiator: 2 }, "b", false],
  [{ connections: 5 }, "c", false],
  [{ connections: 4 }, "c", false, "Cannot let anyone in: all 4 connections are open"],
  [{ connections: 4 }, "b", true, "Cannot let anyone in: all 4 connections are open"],
];

for (const [limits, initiatorName, joins, refusal] of rows) {
  const who = `${initiatorName} ${joins ? "joining" : "opening"} a session`;
  Deno.test(`enforceLimits() ${refusal === undefined ? "lets in" : "refuses"} ${who} with ${JSON.stringify(limits)}`, () => {
    const enforce = (): void => enforceLimits(limits, sessions, { initiatorName, joins });
    if (refusal === undefined) return enforce();
    const { status, message } = assertThrows(enforce, LoginError);
    assertEquals([status, message], [0x0302, refusal]);
  });
}

Deno.test("checkLimits() wants numbers from 1 up", () => {
  checkLimits({ sessions: 1, connections: 1000 });
  for (const value of [0, -1, 1.5, NaN]) {
    assertThrows(() => checkLimits({ sessions: value }), RangeError, `Cannot limit sessions to ${value}`);
  }
});
