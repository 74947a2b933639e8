import { assertEquals, assertThrows } from "@std/assert";
import {
  type Change,
  clear,
  holds,
  type PersistentState,
  type Ports,
  preempt,
  register,
  registerAndMove,
  registrationOf,
  release,
  reserve,
  type ReserveRequest,
  same,
  unreserved,
} from "../../lib/scsi/registrations.ts";
import { ScsiError } from "../../lib/scsi/sense_data.ts";
import { StatusError } from "../../lib/scsi/status.ts";
import { keyText } from "../support/reserving.ts";

const a = { initiatorPort: "a", targetPort: 1 };
const b = { initiatorPort: "b", targetPort: 1 };
const c = { initiatorPort: "c", targetPort: 1 };
const everyType = [1, 3, 5, 6, 7, 8];
const allRegistrants = [7, 8];
const shared = [5, 6, 7, 8];

function request(from: Ports, fields: { key?: number; newKey?: number; type?: number } = {}): ReserveRequest {
  const { key = 0, newKey = 0, type = 0 } = fields;
  return { from, key: keyText(key), newKey: keyText(newKey), scopeAndType: type, aptpl: false };
}

/** Registers a with 1, b with 2, c with 3. */
function registered(...who: readonly Ports[]): PersistentState {
  return who.reduce(
    (state: PersistentState, from) => register(state, request(from, { newKey: keyOf(from) })).state,
    unreserved,
  );
}

function keyOf({ initiatorPort }: Ports): number {
  return initiatorPort.charCodeAt(0) - 0x60;
}

function reserved(type: number, holder: Ports, ...others: readonly Ports[]): PersistentState {
  return reserve(registered(holder, ...others), request(holder, { key: keyOf(holder), type })).state;
}

/** `a b` registered, holder and type, notices, as text. */
function tell({ state, notices, preempted }: Change): string {
  const { registrations, reservation } = state;
  const held = reservation ? `${reservation.holder?.initiatorPort ?? "all"}:${reservation.type}` : "free";
  const told = notices.map(({ to, code }) => `${to.initiatorPort}!${code.ascq}`).join(" ");
  const gone = preempted.map(({ initiatorPort }) => initiatorPort).join("");
  return `${registrations.map(({ initiatorPort }) => initiatorPort).join("")} ${held} [${told}] ${gone}`.trim();
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return `status ${error.status.toString(16)}`;
    if (error instanceof ScsiError) return `${error.code.asc.toString(16)}/${error.code.ascq}`;
    throw error;
  }
  return "good";
}

Deno.test("register() follows the table of keys", () => {
  const rows = [
    { name: "new", state: registered(b), key: 0, newKey: 1, result: "ba free []" },
    { name: "nothing at all", state: registered(b), key: 0, newKey: 0, result: "b free []" },
    { name: "another key", state: registered(a), key: 1, newKey: 9, result: "a free []" },
    { name: "away", state: registered(a, b), key: 1, newKey: 0, result: "b free []" },
  ];
  for (const { name, state, key, newKey, result } of rows) {
    const change = register(state, request(a, { key, newKey }));
    assertEquals(tell(change), result, name);
    assertEquals(change.state.generation, state.generation + 1, name);
    const expected = newKey === 0 ? undefined : keyText(newKey);
    assertEquals(registrationOf(change.state, a)?.key, expected, name);
  }
});

Deno.test("register() refuses a wrong key, unless that does not matter", () => {
  assertEquals(reasonOf(() => register(registered(a), request(a, { key: 2, newKey: 9 }))), "status 18");
  assertEquals(reasonOf(() => register(registered(b), request(a, { key: 2, newKey: 9 }))), "status 18");
  assertEquals(reasonOf(() => register(registered(a), request(a, { key: 0, newKey: 9 }))), "status 18");
  const change = register(registered(a), { ...request(a, { key: 77, newKey: 9 }), ignoreKey: true });
  assertEquals(registrationOf(change.state, a)?.key, keyText(9));
});

Deno.test("register() registers others too, but not over what they have", () => {
  const state = registered(b);
  const change = register(state, { ...request(a, { newKey: 1 }), others: [b, c] });
  assertEquals(change.state.registrations.map(({ key }) => key), [keyText(2), keyText(1), keyText(1)]);
});

Deno.test("register() takes away only what has the same key", () => {
  const state = registered(a, b);
  assertEquals(tell(register(state, { ...request(a, { key: 1 }), others: [b] })), "b free []");
});

Deno.test("register() ends the reservation of a holder that goes, and tells the registrants who shared it", () => {
  for (const type of everyType) {
    const change = register(reserved(type, a, b), request(a, { key: 1 }));
    const rows: Record<number, string> = { 5: "b free [b!4]", 6: "b free [b!4]", 7: "b all:7 []", 8: "b all:8 []" };
    assertEquals(tell(change), rows[type] ?? "b free []", `type ${type}`);
  }
});

Deno.test("register() ends a reservation of all registrants with the last of them", () => {
  for (const type of allRegistrants) assertEquals(tell(register(reserved(type, a), request(a, { key: 1 }))), "free []");
});

Deno.test("reserve() lets the holder repeat itself, and refuses everything else", () => {
  for (const type of everyType) {
    const state = reserved(type, a, b);
    const held = allRegistrants.includes(type);
    assertEquals(holds(state, b), held);
    assertEquals(reserve(state, request(a, { key: 1, type })).state, state);
    assertEquals(reasonOf(() => reserve(state, request(b, { key: 2, type }))), held ? "good" : "status 18");
    for (const other of everyType.filter((one) => one !== type)) {
      assertEquals(reasonOf(() => reserve(state, request(a, { key: 1, type: other }))), "status 18");
    }
  }
});

Deno.test("reserve() wants a registered key, a type that exists, and the scope of a logical unit", () => {
  const state = registered(a);
  assertEquals(reasonOf(() => reserve(state, request(a, { key: 9, type: 1 }))), "status 18");
  assertEquals(reasonOf(() => reserve(state, request(b, { key: 0, type: 1 }))), "status 18");
  for (const type of [0, 2, 4, 9, 15, 0x11, 0x21]) {
    assertEquals(reasonOf(() => reserve(state, request(a, { key: 1, type }))), "24/0", `${type}`);
  }
});

Deno.test("release() ends what the caller holds, and tells the registrants who shared it", () => {
  for (const type of everyType) {
    const change = release(reserved(type, a, b, c), request(a, { key: 1, type }));
    assertEquals(tell(change), shared.includes(type) ? "abc free [b!4 c!4]" : "abc free []", `type ${type}`);
    assertEquals(change.state.generation, 3);
  }
});

Deno.test("release() does nothing for those who hold nothing, and refuses a wrong key or type", () => {
  const state = reserved(1, a, b);
  assertEquals(release(state, request(b, { key: 2, type: 1 })).state, state);
  assertEquals(tell(release(registered(a), request(a, { key: 1, type: 1 }))), "a free []");
  assertEquals(reasonOf(() => release(state, request(a, { key: 2, type: 1 }))), "status 18");
  assertEquals(reasonOf(() => release(state, request(a, { key: 1, type: 3 }))), "26/4");
});

Deno.test("clear() ends everything and tells all but the caller", () => {
  const change = clear(reserved(5, a, b, c), request(b, { key: 2 }));
  assertEquals(tell(change), "free [a!3 c!3]");
  assertEquals(change.state.generation, 4);
  assertEquals(reasonOf(() => clear(registered(a), request(b))), "status 18");
});

Deno.test("preempt() takes the place of the holder, with another type if wanted", () => {
  for (const type of everyType.filter((one) => !allRegistrants.includes(one))) {
    const state = reserved(type, a, b, c);
    assertEquals(tell(preempt(state, request(b, { key: 2, newKey: 1, type }))), `bc b:${type} [a!5] a`);
    const other = type === 1 ? 3 : 1;
    assertEquals(tell(preempt(state, request(b, { key: 2, newKey: 1, type: other }))), `bc b:${other} [a!5 c!4] a`);
    assertEquals(tell(preempt(state, request(b, { key: 2, newKey: 1, type: 7 }))), "bc all:7 [a!5 c!4] a");
  }
});

Deno.test("preempt() takes away registrations alone when the key is not the holder's", () => {
  assertEquals(tell(preempt(reserved(1, a, b, c), request(b, { key: 2, newKey: 3 }))), "ab a:1 [c!5] c");
  assertEquals(tell(preempt(registered(a, b), request(b, { key: 2, newKey: 1 }))), "b free [a!5] a");
  assertEquals(tell(preempt(registered(a, b), request(b, { key: 2, newKey: 2 }))), "a free []");
});

Deno.test("preempt() by the holder of its own key changes the type and keeps the holder", () => {
  assertEquals(tell(preempt(reserved(1, a, b), request(a, { key: 1, newKey: 1, type: 6 }))), "ab a:6 [b!4]");
});

Deno.test("preempt() of all registrants keeps only the caller, or takes away those with a key", () => {
  for (const type of allRegistrants) {
    const state = reserved(type, a, b, c);
    assertEquals(tell(preempt(state, request(b, { key: 2, newKey: 0, type: 1 }))), "b b:1 [a!5 c!5] ac");
    assertEquals(tell(preempt(state, request(b, { key: 2, newKey: 1 }))), `bc all:${type} [a!5] a`);
  }
  assertEquals(tell(preempt(reserved(7, a), request(a, { key: 1, newKey: 1 }))), "free []");
});

Deno.test("preempt() refuses keys that nobody has, and no key", () => {
  for (const state of [registered(a, b), reserved(1, a, b)]) {
    assertEquals(reasonOf(() => preempt(state, request(b, { key: 2, newKey: 9, type: 1 }))), "status 18");
    assertEquals(reasonOf(() => preempt(state, request(b, { key: 2, newKey: 0, type: 1 }))), "26/0");
    assertEquals(reasonOf(() => preempt(state, request(b, { key: 9, newKey: 1, type: 1 }))), "status 18");
  }
});

Deno.test("registerAndMove() gives the reservation to another nexus", () => {
  const move = { ...request(a, { key: 1, newKey: 9 }), to: c, unregister: false };
  for (const type of everyType.filter((one) => !allRegistrants.includes(one))) {
    const change = registerAndMove(reserved(type, a, b), move);
    assertEquals(tell(change), `abc c:${type} []`);
    assertEquals(registrationOf(change.state, c)?.key, keyText(9));
    assertEquals(tell(registerAndMove(reserved(type, a, b), { ...move, unregister: true })), `bc c:${type} []`);
  }
});

Deno.test("registerAndMove() refuses what the table forbids", () => {
  const move = { ...request(a, { key: 1, newKey: 9 }), to: c, unregister: false };
  assertEquals(reasonOf(() => registerAndMove(registered(a), move)), "24/0");
  assertEquals(reasonOf(() => registerAndMove(reserved(1, b, a), move)), "24/0");
  assertEquals(reasonOf(() => registerAndMove(reserved(7, a, b), move)), "status 18");
  assertEquals(reasonOf(() => registerAndMove(reserved(1, a), { ...move, key: keyText(2) })), "status 18");
  assertEquals(reasonOf(() => registerAndMove(reserved(1, a), { ...move, newKey: keyText(0) })), "26/0");
  assertEquals(reasonOf(() => registerAndMove(reserved(1, a), { ...move, to: a })), "26/0");
});

Deno.test("same() tells ports of one target port from those of another", () => {
  assertEquals([same(a, { ...a }), same(a, b), same(a, { ...a, targetPort: 2 })], [true, false, false]);
});

Deno.test("the generation starts again after four bytes", () => {
  const state = { ...registered(a), generation: 0xffff_ffff };
  assertEquals(clear(state, request(a, { key: 1 })).state.generation, 0);
  assertThrows(() => clear(state, request(b)), StatusError);
});
