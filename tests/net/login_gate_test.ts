import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { connect } from "../../lib/initiator/connect.ts";
import { discover } from "../../lib/initiator/discover.ts";
import { LoginRefusedError } from "../../lib/initiator/errors.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import { loginStatus } from "../../lib/iscsi/constants.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { LoginGate, type Waiting } from "../../lib/net/login_gate.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { LoginThrottle, type LoginThrottleOptions } from "../../lib/target/login_throttle.ts";
import { KeptOutput } from "../support/fake_host.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";

/** A gate with a clock that the test turns. */
class Gate {
  now = 1000;
  readonly output = new KeptOutput();
  readonly entered: number[] = [];
  readonly closed: number[] = [];
  readonly gate: LoginGate;
  #timers: { due: number; call: () => void }[] = [];

  constructor(options: LoginThrottleOptions = {}) {
    this.gate = new LoginGate({
      throttle: new LoginThrottle(options),
      log: createLog(this.output, { level: "debug", format: "text" }),
      now: () => this.now,
      later: (call, ms) => {
        const timer = { due: this.now + ms, call };
        this.#timers.push(timer);
        return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
      },
    });
  }

  fail(times: number, address = A): void {
    const guard = this.gate.of(address);
    for (let i = 0; i < times; i++) guard.failed("alice");
  }

  come(number: number, address = A): void {
    const connection: Waiting = { close: () => this.closed.push(number) };
    this.gate.pass(connection, address, () => this.entered.push(number));
  }

  advance(ms: number): void {
    this.now += ms;
    const due = this.#timers.filter((timer) => timer.due <= this.now).sort((a, b) => a.due - b.due);
    this.#timers = this.#timers.filter((timer) => timer.due > this.now);
    for (const { call } of due) call();
  }
}

Deno.test("pass() lets those wait who come from where many have failed, one after the other, and nobody else", () => {
  const house = new Gate();
  house.fail(5);
  for (const number of [1, 2, 3, 4]) house.come(number);
  house.come(5, B);
  assertEquals([house.entered, house.closed, house.gate.waiting], [[5], [4], 3]);
  house.advance(249);
  assertEquals(house.entered, [5]);
  house.advance(1);
  assertEquals([house.entered, house.gate.waiting], [[5, 1], 2]);
  house.advance(250);
  house.advance(250);
  assertEquals([house.entered, house.gate.waiting], [[5, 1, 2, 3], 0]);
});

Deno.test("pass() tells the log once", () => {
  const house = new Gate();
  house.fail(5);
  for (const number of [1, 2, 3, 4, 5]) house.come(number);
  const lines = house.output.text.trimEnd().split("\n");
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0] ?? "", `WARN  logins slowed peer=${A}`);
});

Deno.test("close() turns away who waits", () => {
  const house = new Gate();
  house.fail(9);
  house.come(1);
  house.gate.close();
  house.advance(60_000);
  assertEquals([house.entered, house.closed, house.gate.waiting], [[], [1], 0]);
});

Deno.test("check() refuses for a while to look at the secret of a user, so that the initiator comes again", () => {
  const house = new Gate();
  house.fail(5);
  const guard = house.gate.of(A);
  const error = assertThrows(() => guard.check("alice"), LoginError, 'user "alice" for the next 250 ms');
  assertEquals(error.status, loginStatus.serviceUnavailable);
  guard.check("bob");
  house.gate.of(B).check("alice");
  house.advance(250);
  guard.check("alice");
  guard.failed("alice");
  assertThrows(() => guard.check("alice"), LoginError, "next 500 ms");
  house.advance(500);
  guard.passed("alice");
  house.fail(9, A);
  guard.check("alice");
});

Deno.test("our own server slows down who guesses a secret, and lets in who knows it", async () => {
  const output = new KeptOutput();
  const alice = { user: "alice", secret: "a good secret" };
  const name = "iqn.2001-04.com.example:ram";
  const server = new Server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name, chap: [alice], luns: [{ lun: 0, store: new MemoryStore(1 << 20) }] }],
    chap: { discovery: [alice], throttle: { free: 2, longest: 250 } },
    log: createLog(output, { level: "info", format: "text" }),
  });
  await server.start();
  try {
    const at = { hostname: "127.0.0.1", port: server.portals[0]?.port ?? 0 };
    // All at once, so that none is slowed before the first has failed: the user is, whose secret they guess.
    const guess = { user: "alice", secret: "a wrong guess" };
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const login = Initiator.login(await connect(at), { initiatorName: "iqn.2001-04.com.example:a", chap: guess });
        return (await assertRejects(() => login, LoginRefusedError)).status;
      }),
    );
    const [wrong, later] = [0x0201, 0x0301].map((status) => statuses.filter((each) => each === status).length);
    assertEquals([(wrong ?? 0) >= 3, (wrong ?? 0) + (later ?? 0)], [true, 8]);
    const [target] = await discover({ ...at, chap: alice });
    assertEquals(target?.name, name);
    assertEquals(output.text.match(/logins slowed peer=127\.0\.0\.1/g)?.length, 1);
  } finally {
    await server.stop();
  }
});
