import { assertEquals, assertRejects } from "@std/assert";
import type { Nexus } from "../../lib/scsi/nexus.ts";
import { Reservations } from "../../lib/scsi/reservations.ts";
import { noKey, register } from "../../lib/scsi/registrations.ts";
import { FakeDevice, type FakeResult } from "../support/fake_task.ts";
import { FakeMemory } from "../support/fake_memory.ts";
import { action, attention, keyText, outcomeOf, persistent, reservations } from "../support/reserving.ts";

const block = { dataOut: new Uint8Array(512) };

/** One command of each class, as another initiator sends it. */
const commands = [
  { name: "READ (10)", access: "read", cdb: [0x28, 0, 0, 0, 0, 0, 0, 0, 1] },
  { name: "VERIFY (10)", access: "read", cdb: [0x2f, 0, 0, 0, 0, 0, 0, 0, 1] },
  { name: "MODE SENSE (6)", access: "read", cdb: [0x1a, 0, 0x3f, 0, 255] },
  { name: "WRITE (10)", access: "write", cdb: [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], options: block },
  { name: "SYNCHRONIZE CACHE (10)", access: "write", cdb: [0x35] },
  { name: "START STOP UNIT to stop", access: "write", cdb: [0x1b, 0, 0, 0, 0x10] },
  { name: "PREVENT MEDIUM REMOVAL", access: "write", cdb: [0x1e, 0, 0, 0, 1] },
  { name: "START STOP UNIT to start", access: "free", cdb: [0x1b, 0, 0, 0, 1] },
  { name: "ALLOW MEDIUM REMOVAL", access: "free", cdb: [0x1e, 0, 0, 0, 0] },
  { name: "TEST UNIT READY", access: "shared", cdb: [0x00] },
  { name: "INQUIRY", access: "free", cdb: [0x12, 0, 0, 0, 96] },
  { name: "REPORT LUNS", access: "free", cdb: [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0] },
  { name: "REQUEST SENSE", access: "free", cdb: [0x03, 0, 0, 0, 18] },
  { name: "READ CAPACITY (10)", access: "free", cdb: [0x25] },
  { name: "REPORT SUPPORTED OPERATION CODES", access: "free", cdb: [0xa3, 0x0c, 0, 0, 0, 0, 0, 0, 0, 4] },
] as const;

/** What a stranger and a registrant are refused; holders are refused nothing. */
const types = [
  { type: 1, stranger: ["write"], registrant: ["write"] },
  { type: 3, stranger: ["write", "read"], registrant: ["write", "read"] },
  { type: 5, stranger: ["write"], registrant: [] },
  { type: 6, stranger: ["write", "read"], registrant: [] },
  { type: 7, stranger: ["write"], registrant: [] },
  { type: 8, stranger: ["write", "read"], registrant: [] },
] as const;

interface Party {
  readonly device: FakeDevice;
  readonly holder: Nexus;
  readonly registrant: Nexus;
  readonly stranger: Nexus;
}

async function party(type: number): Promise<Party> {
  const device = new FakeDevice();
  const [registrant, stranger] = [device.login("iqn.2026-01.test:b"), device.login("iqn.2026-01.test:c")];
  const holder = device.nexus;
  assertEquals(await persistent(device, holder, action.register, { newKey: 1 }), "good");
  assertEquals(await persistent(device, registrant, action.register, { newKey: 2 }), "good");
  assertEquals(await persistent(device, holder, action.reserve, { key: 1, type }), "good");
  return { device, holder, registrant, stranger };
}

async function refused(device: FakeDevice, nexus: Nexus): Promise<string[]> {
  const names: string[] = [];
  for (const { name, cdb, ...rest } of commands) {
    const { status }: FakeResult = await device.send(cdb, "options" in rest ? rest.options : {}, nexus);
    if (status === 0x18) names.push(name);
    else assertEquals(status, 0, name);
  }
  return names;
}

function namesOf(access: readonly string[]): string[] {
  return commands.filter((row) => access.includes(row.access)).map(({ name }) => name);
}

for (const { type, stranger, registrant } of types) {
  Deno.test(`a persistent reservation of type ${type} refuses what the table says`, async () => {
    const parties = await party(type);
    assertEquals(await refused(parties.device, parties.stranger), namesOf(stranger));
    assertEquals(await refused(parties.device, parties.registrant), namesOf(registrant));
    assertEquals(await refused(parties.device, parties.holder), []);
  });
}

Deno.test("registrations alone refuse nothing", async () => {
  const { device, holder, stranger } = await party(3);
  assertEquals(await persistent(device, holder, action.release, { key: 1, type: 3 }), "good");
  assertEquals(await refused(device, stranger), []);
});

Deno.test("RESERVE refuses everything to others but what is free, and persistent reservations to all", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  assertEquals((await device.send([0x16])).status, 0);
  assertEquals(await refused(device, other), namesOf(["read", "write", "shared"]));
  assertEquals(await refused(device, device.nexus), []);
  for (const nexus of [device.nexus, other]) {
    assertEquals(await persistent(device, nexus, action.register, { newKey: 1 }), "conflict");
    assertEquals((await device.send([0x5e, 0, 0, 0, 0, 0, 0, 0, 8, 0], {}, nexus)).status, 0x18);
  }
});

Deno.test("a conflict leaves a unit attention for later, unless that tells of a reset", async () => {
  const { device, holder, stranger } = await party(3);
  const read = [0x28, 0, 0, 0, 0, 0, 0, 0, 1];
  device.unit.nexus(stranger).attentions.raise({ key: 6, asc: 0x2a, ascq: 1, name: "" });
  assertEquals(outcomeOf(await device.send(read, {}, stranger)), "conflict");
  assertEquals(await attention(device, stranger), "6/2a/01");
  const late = device.login("iqn.2026-01.test:d", true);
  assertEquals(outcomeOf(await device.send(read, {}, late)), "6/29/00");
  assertEquals(outcomeOf(await device.send(read, {}, late)), "conflict");
  assertEquals(outcomeOf(await device.send(read, {}, holder)), "good");
});

Deno.test("registrations and reservation outlast their session; whoever comes back as the same port has them", async () => {
  const { device, holder, stranger } = await party(3);
  device.unit.nexusLost(holder);
  assertEquals(await refused(device, stranger), namesOf(["read", "write"]));
  const again = device.login("iqn.2026-01.test:a");
  assertEquals(await refused(device, again), []);
  assertEquals(await persistent(device, again, action.release, { key: 1, type: 3 }), "good");
  assertEquals(await refused(device, stranger), []);
});

Deno.test("registrations and reservation outlast a reset", async () => {
  const { device, stranger } = await party(3);
  device.unit.reset({ key: 6, asc: 0x29, ascq: 3, name: "" });
  assertEquals(await attention(device, stranger), "6/29/03");
  assertEquals(await refused(device, stranger), namesOf(["read", "write"]));
});

Deno.test("Reservations keeps what APTPL asks for, and gives it to the unit that comes after", async () => {
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory });
  await persistent(device, device.nexus, action.register, { newKey: 1, aptpl: true });
  await persistent(device, device.nexus, action.reserve, { key: 1, type: 5 });
  const after = new FakeDevice({ memory });
  assertEquals(await reservations(after), "1 1:5");
  assertEquals(await refused(after, after.login("iqn.2026-01.test:c")), namesOf(["write"]));
  assertEquals(await persistent(after, after.nexus, action.registerAndIgnore, { newKey: 2 }), "good");
  assertEquals(memory.fields.size, 0);
  assertEquals(await reservations(new FakeDevice({ memory })), " none");
});

Deno.test("Reservations keeps nothing without APTPL", async () => {
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory });
  await persistent(device, device.nexus, action.register, { newKey: 1 });
  await persistent(device, device.nexus, action.reserve, { key: 1, type: 5 });
  assertEquals(memory.fields.size, 0);
});

Deno.test("Reservations changes nothing when the memory fails", async () => {
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory });
  await persistent(device, device.nexus, action.register, { newKey: 1, aptpl: true });
  memory.failure = new Error("full");
  assertEquals(await persistent(device, device.nexus, action.reserve, { key: 1, type: 5 }), "4/44/00");
  assertEquals(await reservations(device), "1 none");
  memory.failure = undefined;
  assertEquals(await persistent(device, device.nexus, action.reserve, { key: 1, type: 5 }), "good");
  assertEquals(await reservations(new FakeDevice({ memory })), "1 1:5");
});

Deno.test("Reservations.apply() makes one change after the other, however long the memory takes", async () => {
  const writes: (() => void)[] = [];
  const memory = { read: () => undefined, write: () => new Promise<void>((resolve) => writes.push(resolve)) };
  const list = new Reservations({ memory, nexuses: () => [] });
  const ask = (port: string, newKey: number) =>
    list.apply((state) =>
      register(state, {
        from: { initiatorPort: port, targetPort: 1 },
        key: noKey,
        newKey: keyText(newKey),
        scopeAndType: 0,
        aptpl: true,
      })
    );
  const changes = ["a", "b", "c"].map((port, index) => ask(port, index + 1));
  assertEquals(list.state.registrations, []);
  for (let i = 1; i <= 3; i++) {
    assertEquals(writes.length, 1);
    writes.pop()?.();
    await changes[i - 1];
    assertEquals(list.state.registrations.length, i);
    await Promise.resolve();
  }
});

Deno.test("Reservations tells one that waited that it is refused", async () => {
  const writes: (() => void)[] = [];
  const memory = { read: () => undefined, write: () => new Promise<void>((resolve) => writes.push(resolve)) };
  const list = new Reservations({ memory, nexuses: () => [] });
  const request = {
    from: { initiatorPort: "a", targetPort: 1 },
    key: noKey,
    newKey: keyText(1),
    scopeAndType: 0,
    aptpl: true,
  };
  const first = list.apply((state) => register(state, request));
  const second = list.apply((state) => register(state, request));
  writes.pop()?.();
  await first;
  await assertRejects(async () => await second, Error, "18h");
});
