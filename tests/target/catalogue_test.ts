import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Connection } from "../../lib/iscsi/connection.ts";
import { loginStatus } from "../../lib/iscsi/constants.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import type { SessionHost } from "../../lib/iscsi/host.ts";
import { defaultTimeouts } from "../../lib/iscsi/keep_alive.ts";
import { Login } from "../../lib/iscsi/login.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";
import type { Session } from "../../lib/iscsi/session.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { Catalogue } from "../../lib/target/catalogue.ts";
import { Target, type TargetOptions } from "../../lib/target/target.ts";
import { INITIATOR, type LoginFlags, step } from "../support/login_steps.ts";

const NAME = "iqn.2026-11.com.example:disk";
const ADDRESS = "192.0.2.1:3260";

/** A catalogue with a disk, and what it has displaced. */
function open(options: Partial<TargetOptions> = {}, local: Partial<LocalParameters> = {}) {
  const pool = new BufferPool();
  const target = new Target({ name: NAME, luns: [{ lun: 0, store: new MemoryStore(1 << 20) }], ...options });
  const displaced: Session[] = [];
  const catalogue = new Catalogue(
    { targets: [target], pool, local: { ...defaultLocalParameters, ...local } },
    (session) => displaced.push(session),
  );
  return { catalogue, target, pool, displaced, portal: catalogue.portal(ADDRESS) };
}

/** Logs in from the operational stage as far as the target's answer. */
function logIn(host: SessionHost, flags: LoginFlags = {}, keys: readonly [string, string][] = []): Login {
  const login = new Login({ host, local: host.local });
  const pairs: [string, string][] = [["InitiatorName", INITIATOR], ["TargetName", NAME], ...keys];
  step(login, { currentStage: 1, nextStage: 3, ...flags }, pairs);
  return login;
}

/** Logs in and is admitted on a connection of its own. */
function admit(host: SessionHost, pool: BufferPool, flags: LoginFlags = {}): { session: Session; close(): void } {
  const connection = new Connection({ host, pool, timeouts: defaultTimeouts, now: 0 });
  const login = logIn(host, flags);
  const session = host.admit(login, connection, 1);
  assert(login.parameters !== undefined);
  connection.enterFullFeature(session, login.cid, login.parameters.connection);
  return { session, close: () => connection.close() };
}

/** The status with which something is refused. */
function statusOf(refused: () => unknown): number {
  return (assertThrows(refused, LoginError) as LoginError).status;
}

Deno.test("a catalogue refuses two targets of one name", () => {
  const target = new Target({ name: NAME });
  const pool = new BufferPool();
  assertThrows(() => new Catalogue({ targets: [target, target], pool }, () => {}), TypeError, "it is there twice");
});

Deno.test("add() makes a target known", () => {
  const { catalogue, portal } = open();
  catalogue.add(new Target({ name: `${NAME}2` }));
  assertEquals(portal.sendTargets(INITIATOR).map(({ name }) => name), [NAME, `${NAME}2`]);
  assertThrows(() => catalogue.add(new Target({ name: NAME })), TypeError, "it is there twice");
});

Deno.test("target() says what a login has to know", () => {
  const { portal } = open({ alias: "Disk" });
  const { portalGroupTag, alias, authentication } = portal.target(NAME, INITIATOR);
  assertEquals([portalGroupTag, alias, authentication.map(({ name }) => name)], [1, "Disk", ["None"]]);
});

const refused: readonly [what: string, options: Partial<TargetOptions>, name: string, status: number][] = [
  ["there is no such target", {}, `${NAME}x`, loginStatus.notFound],
  ["the target is at other portals", { portalGroups: [2] }, NAME, loginStatus.notFound],
  [
    "the initiator is not on the list",
    { allow: ["iqn.2000-01.com.example:*"] },
    NAME,
    loginStatus.authorizationFailure,
  ],
];

for (const [what, options, name, status] of refused) {
  Deno.test(`target() refuses with ${status.toString(16).padStart(4, "0")}h when ${what}`, () => {
    assertEquals(statusOf(() => open(options).portal.target(name, INITIATOR)), status);
  });
}

Deno.test("nobody is let in while the server drains, not even whoever has begun before", () => {
  const { catalogue, portal, pool } = open();
  const begun = logIn(portal);
  catalogue.draining = true;
  assertEquals(statusOf(() => portal.target(NAME, INITIATOR)), loginStatus.serviceUnavailable);
  assertEquals(statusOf(() => portal.discovery(INITIATOR)), loginStatus.serviceUnavailable);
  const connection = new Connection({ host: portal, pool, timeouts: defaultTimeouts, now: 0 });
  assertEquals(statusOf(() => portal.admit(begun, connection, 1)), loginStatus.serviceUnavailable);
});

Deno.test("sendTargets() shows the address that the initiator has come to", () => {
  const { catalogue } = open();
  for (const address of [ADDRESS, "[2001:db8::1]:3260"]) {
    assertEquals(catalogue.portal(address).sendTargets(INITIATOR), [{ name: NAME, addresses: [`${address},1`] }]);
  }
});

Deno.test("sendTargets() shows only what the initiator may log in to, or the one target that it names", () => {
  const { catalogue, portal } = open({ allow: ["iqn.2000-01.com.example:*"] });
  catalogue.add(new Target({ name: `${NAME}2` }));
  catalogue.add(new Target({ name: `${NAME}3` }));
  assertEquals(portal.sendTargets(INITIATOR).map(({ name }) => name), [`${NAME}2`, `${NAME}3`]);
  assertEquals(portal.sendTargets(INITIATOR, `${NAME}3`).map(({ name }) => name), [`${NAME}3`]);
  assertEquals(portal.sendTargets(INITIATOR, NAME), []);
});

Deno.test("admit() opens a session that the target knows, and leave() forgets it", () => {
  const { catalogue, target, portal, pool } = open();
  const { session, close } = admit(portal, pool);
  assertEquals([session.tsih, session.targetName, session.type], [1, NAME, "Normal"]);
  assertEquals(session.nexus.initiatorPort, `${INITIATOR},i,0x400001370001`);
  assertEquals(session.window.depth, target.queueDepth);
  assertEquals([[...catalogue.sessions()], [...target.sessions]], [[session], [session]]);
  close();
  catalogue.leave(session);
  catalogue.leave(session);
  assertEquals([[...catalogue.sessions()], target.sessions.size], [[], 0]);
});

Deno.test("admit() opens a session for discovery that no target knows", () => {
  const { catalogue, target, portal, pool } = open();
  const login = new Login({ host: portal, local: portal.local });
  step(login, { currentStage: 1, nextStage: 3 }, [["InitiatorName", INITIATOR], ["SessionType", "Discovery"]]);
  const connection = new Connection({ host: portal, pool, timeouts: defaultTimeouts, now: 0 });
  const session = portal.admit(login, connection, 1);
  assertEquals([session.type, session.targetName, target.sessions.size], ["Discovery", "", 0]);
  assertEquals(session.nexus.luns.numbers(), []);
  catalogue.leave(session);
  assertEquals([...catalogue.sessions()], []);
});

Deno.test("admit() puts a session in place of another of the same initiator port, and of no other", () => {
  const { target, portal, pool, displaced } = open();
  const first = admit(portal, pool);
  const other = admit(portal, pool, { isid: [0x40, 0, 0, 0, 0, 2] });
  assertEquals(displaced, []);
  const second = admit(portal, pool);
  assertEquals(displaced, [first.session]);
  assertEquals([...target.sessions], [other.session, second.session]);
  assertEquals([other.session.tsih, second.session.tsih], [2, 3]);
});

Deno.test("admit() lets a further connection join its session", () => {
  const { portal, pool } = open({}, { maxConnections: 2 });
  const host = { ...portal };
  const connection = new Connection({ host, pool, timeouts: defaultTimeouts, now: 0 });
  const leading = logIn(host, {}, [["MaxConnections", "2"]]);
  const session = host.admit(leading, connection, 1);
  connection.enterFullFeature(session, 1, (leading.parameters as NonNullable<typeof leading.parameters>).connection);
  const joined = admit(host, pool, { tsih: session.tsih, cid: 2 });
  assertStrictEquals(joined.session, session);
  assertEquals(session.connections.size, 2);
});

const strangers: readonly [what: string, flags: LoginFlags, status: number][] = [
  ["there is no such session", { tsih: 77, cid: 2 }, loginStatus.sessionDoesNotExist],
  ["the ISID is another", { tsih: 1, cid: 2, isid: [0x40, 0, 0, 0, 0, 9] }, loginStatus.sessionDoesNotExist],
  ["the session has all its connections", { tsih: 1, cid: 2 }, loginStatus.tooManyConnections],
];

for (const [what, flags, status] of strangers) {
  Deno.test(`admit() refuses to join with ${status.toString(16).padStart(4, "0")}h when ${what}`, () => {
    const { portal, pool } = open();
    admit(portal, pool);
    const connection = new Connection({ host: portal, pool, timeouts: defaultTimeouts, now: 0 });
    assertEquals(statusOf(() => portal.admit(logIn(portal, flags), connection, 1)), status);
  });
}

Deno.test("admit() refuses a login that has not ended", () => {
  const { portal, pool } = open();
  const connection = new Connection({ host: portal, pool, timeouts: defaultTimeouts, now: 0 });
  const login = new Login({ host: portal, local: portal.local });
  assertEquals(statusOf(() => portal.admit(login, connection, 1)), loginStatus.targetError);
});

Deno.test("admit() gives no TSIH that is in use", () => {
  const { catalogue, portal, pool } = open();
  const seen = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const { session } = admit(portal, pool, { isid: [0x40, 0, 0, 0, i >> 8, i & 0xff] });
    seen.add(session.tsih);
    if (i % 3 === 0) catalogue.leave(session);
  }
  assertEquals(seen.size, 300);
  assert(!seen.has(0));
});

Deno.test("a catalogue sends initiators to the server that has the target, and tells only those who may come in", () => {
  const elsewhere = [{ hostname: "0.0.0.0", port: 3261, portalGroup: 1 }];
  const { portal } = open({ elsewhere, allow: [INITIATOR], luns: [] });
  assertEquals(portal.target(NAME, INITIATOR).movedTo, { address: "192.0.2.1:3261", permanent: false });
  assertEquals(portal.sendTargets(INITIATOR), [{ name: NAME, addresses: ["192.0.2.1:3261,1"] }]);
  assertEquals(portal.sendTargets("iqn.2026-01.example:stranger"), []);
  assertEquals(statusOf(() => portal.target(NAME, "iqn.2026-01.example:stranger")), loginStatus.authorizationFailure);
});
