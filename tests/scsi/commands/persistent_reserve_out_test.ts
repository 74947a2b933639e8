import { assertEquals } from "@std/assert";
import { encodeTransportId } from "../../../lib/scsi/transport_id.ts";
import { join } from "../../support/pdu_bytes.ts";
import { FakeMemory } from "../../support/fake_memory.ts";
import { FakeDevice, FakeTask } from "../../support/fake_task.ts";
import { begin } from "../../../lib/scsi/dispatch.ts";
import {
  action,
  attention,
  fullStatus,
  generation,
  outcomeOf,
  persistent,
  registerAndMove,
  reservations,
  reserveOut,
} from "../../support/reserving.ts";

const isid = ",i,0x000001370000";
const readFullStatus = [0x5e, 3, 0, 0, 0, 0, 0, 0xff, 0xff, 0];

Deno.test("REGISTER and CLEAR count in PRGENERATION; RESERVE, RELEASE and what is refused do not", async () => {
  const device = new FakeDevice();
  const steps = [
    { step: action.register, options: { newKey: 1 }, counts: 1 },
    { step: action.reserve, options: { key: 1, type: 1 }, counts: 1 },
    { step: action.register, options: { key: 9, newKey: 2 }, counts: 1 },
    { step: action.release, options: { key: 1, type: 1 }, counts: 1 },
    { step: action.registerAndIgnore, options: { newKey: 2 }, counts: 2 },
    { step: action.clear, options: { key: 2 }, counts: 3 },
  ];
  for (const { step, options, counts } of steps) {
    await persistent(device, device.nexus, step, options);
    assertEquals(await generation(device), counts, `action ${step}`);
  }
});

Deno.test("unit attentions go to those who lose, and never to the one who did it", async (t) => {
  const rows = [
    {
      name: "REGISTER of no key",
      from: 1,
      step: action.register,
      options: { key: 1 },
      heard: ["", "6/2a/04", "6/2a/04"],
    },
    { name: "RELEASE", from: 1, step: action.release, options: { key: 1, type: 5 }, heard: ["", "6/2a/04", "6/2a/04"] },
    { name: "CLEAR", from: 2, step: action.clear, options: { key: 2 }, heard: ["6/2a/03", "", "6/2a/03"] },
    {
      name: "PREEMPT",
      from: 2,
      step: action.preempt,
      options: { key: 2, newKey: 1, type: 5 },
      heard: ["6/2a/05", "", ""],
    },
    {
      name: "PREEMPT with another type",
      from: 2,
      step: action.preempt,
      options: { key: 2, newKey: 1, type: 1 },
      heard: ["6/2a/05", "", "6/2a/04"],
    },
    {
      name: "PREEMPT of a registrant",
      from: 2,
      step: action.preempt,
      options: { key: 2, newKey: 3 },
      heard: ["", "", "6/2a/05"],
    },
    { name: "RESERVE once more", from: 1, step: action.reserve, options: { key: 1, type: 5 }, heard: ["", "", ""] },
  ];
  for (const { name, from, step, options, heard } of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      const all = [device.nexus, device.login("iqn.2026-01.test:b"), device.login("iqn.2026-01.test:c")];
      for (const [index, nexus] of all.entries()) {
        await persistent(device, nexus, action.register, { newKey: index + 1 });
      }
      await persistent(device, device.nexus, action.reserve, { key: 1, type: 5 });
      assertEquals(await persistent(device, all[from - 1] ?? device.nexus, step, options), "good");
      for (const [index, nexus] of all.entries()) {
        assertEquals(await attention(device, nexus), heard[index], `${index}`);
      }
    });
  }
});

Deno.test("PREEMPT AND ABORT ends the commands of those who are preempted, and waits until they are gone", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  await persistent(device, device.nexus, action.register, { newKey: 1 });
  await persistent(device, other, action.register, { newKey: 2 });
  await persistent(device, other, action.reserve, { key: 2, type: 3 });
  const write = [0x2a, 0, 0, 0, 0, 0, 0, 0, 1];
  const [waits, runs] = [0, 1].map(() => new FakeTask(other, 0, write, { dataOut: new Uint8Array(512) }));
  for (const task of [waits, runs]) if (task !== undefined) begin(task);
  if (runs !== undefined) runs.running = true;
  let ended = "";
  const ending = persistent(device, device.nexus, action.preemptAndAbort, { key: 1, newKey: 2, type: 3 })
    .then((outcome) => ended = outcome);
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertEquals([waits?.aborted, runs?.aborted, ended], [true, true, ""]);
  runs?.settle();
  await ending;
  assertEquals([ended, await reservations(device)], ["good", "1 1:3"]);
  assertEquals([await attention(device, other), await attention(device, other)], ["6/2a/05", "6/2f/00"]);
  assertEquals(await attention(device, device.nexus), "");
});

Deno.test("PREEMPT leaves the commands of those who are preempted alone", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  await persistent(device, device.nexus, action.register, { newKey: 1 });
  await persistent(device, other, action.register, { newKey: 2 });
  const task = new FakeTask(other, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  begin(task);
  assertEquals(await persistent(device, device.nexus, action.preempt, { key: 1, newKey: 2 }), "good");
  assertEquals(task.aborted, false);
});

Deno.test("REGISTER with SPEC_I_PT registers ports by name, and all known ports of a device", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  const whole = encodeTransportId("iqn.2026-01.test:b");
  whole[0] = 0x05;
  const ports = join([whole, encodeTransportId(`IQN.2026-01.test:away${isid}`)]);
  assertEquals(await persistent(device, device.nexus, action.register, { newKey: 1, ports }), "good");
  assertEquals(await reservations(device), "1,1,1 none");
  const { data } = await device.send(readFullStatus);
  const names = ["a", "b", "away"].map((name) => `iqn.2026-01.test:${name}${isid}`);
  assertEquals(fullStatus(data).map(({ name }) => name), names);
  assertEquals(await persistent(device, other, action.reserve, { key: 1, type: 1 }), "good");
  assertEquals(await persistent(device, device.nexus, action.register, { key: 1, newKey: 2, ports }), "5/26/00");
});

Deno.test("REGISTER with ALL_TG_PT registers through every target port", async () => {
  const device = new FakeDevice({ targetPorts: () => [1, 2, 7] });
  const options = { newKey: 1, allTargetPorts: true };
  assertEquals(await persistent(device, device.nexus, action.register, options), "good");
  const { data } = await device.send(readFullStatus);
  assertEquals(fullStatus(data).map(({ targetPort }) => targetPort), [1, 2, 7]);
  assertEquals(await persistent(device, device.nexus, action.register, { key: 1, newKey: 0 }), "good");
  assertEquals(await reservations(device), "1,1 none");
  assertEquals(await persistent(device, device.nexus, action.registerAndIgnore, { allTargetPorts: true }), "good");
  assertEquals(await reservations(device), " none");
});

Deno.test("REGISTER AND MOVE hands the reservation to a port that need not be there", async () => {
  const device = new FakeDevice({ targetPorts: () => [1, 2], memory: new FakeMemory() });
  const away = `iqn.2026-01.test:away${isid}`;
  const move = async (to: string | Uint8Array, options: Parameters<typeof registerAndMove>[1]): Promise<string> => {
    const { cdb, list } = registerAndMove(to, options);
    return outcomeOf(await device.send(cdb, { dataOut: list }));
  };
  await persistent(device, device.nexus, action.register, { newKey: 1 });
  assertEquals(await move(away, { key: 1, newKey: 2 }), "5/24/00");
  await persistent(device, device.nexus, action.reserve, { key: 1, type: 3 });
  assertEquals(await move(away, { key: 1, newKey: 2, targetPort: 3 }), "5/26/00");
  assertEquals(await move("iqn.2026-01.test:away", { key: 1, newKey: 2 }), "5/26/00");
  assertEquals(await move(`iqn.2026-01.test:a${isid}`, { key: 1, newKey: 2 }), "5/26/00");
  assertEquals(await move(away, { key: 1, newKey: 2, targetPort: 2, unregister: true, aptpl: true }), "good");
  assertEquals(await reservations(device), "2 2:3");
  assertEquals(fullStatus((await device.send(readFullStatus)).data), [
    { name: away, holder: true, type: 3, targetPort: 2 },
  ]);
});

Deno.test("PERSISTENT RESERVE OUT refuses wrong lists", async (t) => {
  const register = reserveOut(action.register, { newKey: 1 });
  const ports = encodeTransportId(`iqn.2026-01.test:b${isid}`);
  const specified = reserveOut(action.register, { newKey: 1, ports });
  const rows = [
    { name: "a short list", cdb: register.cdb.with(8, 23), list: register.list, reason: "5/1a/00" },
    { name: "a long list", cdb: register.cdb.with(8, 28), list: new Uint8Array(28), reason: "5/1a/00" },
    { name: "a list of a gigabyte", cdb: register.cdb.with(5, 0x40), list: register.list, reason: "5/1a/00" },
    { name: "SPEC_I_PT without TransportIDs", ...register, list: register.list.with(20, 8), reason: "5/1a/00" },
    { name: "TransportIDs of another length", ...specified, list: specified.list.with(27, 1), reason: "5/1a/00" },
    { name: "a TransportID of another protocol", ...specified, list: specified.list.with(28, 0x46), reason: "5/26/00" },
    { name: "SPEC_I_PT where it means nothing", ...reserveOut(action.reserve, { type: 1, ports }), reason: "5/26/00" },
    { name: "APTPL without a memory", ...reserveOut(action.register, { newKey: 1, aptpl: true }), reason: "5/26/00" },
    { name: "less data than the list", cdb: register.cdb, list: register.list.subarray(1), reason: "5/0e/03" },
    { name: "REPLACE LOST RESERVATION", cdb: register.cdb.with(1, 8), list: register.list, reason: "5/24/00" },
    { name: "a service action that is none", cdb: register.cdb.with(1, 9), list: register.list, reason: "5/24/00" },
  ];
  for (const { name, cdb, list, reason } of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      assertEquals(outcomeOf(await device.send(cdb, { dataOut: list })), reason);
      assertEquals(await reservations(device), " none");
    });
  }
});

Deno.test("PERSISTENT RESERVE OUT registers no more than it has room for", async () => {
  const device = new FakeDevice();
  const register = (from: number) => {
    const ids = Array.from({ length: 1000 }, (_, i) => encodeTransportId(`iqn.x:${from + i}${isid}`));
    return persistent(device, device.login(`iqn.2026-01.test:${from}`), action.register, {
      newKey: 1,
      ports: join(ids),
    });
  };
  for (let i = 0; i < 4; i++) assertEquals(await register(1000 * i), "good");
  assertEquals(await register(4000), "5/55/04");
});
