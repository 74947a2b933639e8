import { assertEquals } from "@std/assert";
import { begin, DONE, finish, proceed, STREAM } from "../../lib/scsi/dispatch.ts";
import { ArrayStore, FakeStoreError } from "../support/array_store.ts";
import { modePageIndex } from "../../lib/scsi/mode_pages.ts";
import { FakeDevice, FakeTask, sendTo } from "../support/fake_task.ts";

const testUnitReady = [0x00];
const inquiry = [0x12, 0, 0, 0, 255];

Deno.test("begin() ends commands to a missing logical unit as SPC-4 says", async (t) => {
  const rows = [
    { name: "TEST UNIT READY", cdb: testUnitReady, reason: "5/25/00" },
    { name: "READ (10)", cdb: [0x28, 0, 0, 0, 0, 0, 0, 0, 1], reason: "5/25/00" },
    { name: "an unknown command", cdb: [0xff], reason: "5/25/00" },
    { name: "INQUIRY", cdb: inquiry, data: 96, first: 0x7f },
    { name: "INQUIRY of page 00h", cdb: [0x12, 1, 0, 0, 255], data: 5, first: 0x7f },
    { name: "INQUIRY of page 83h", cdb: [0x12, 1, 0x83, 0, 255], reason: "5/24/00" },
    { name: "REQUEST SENSE", cdb: [0x03, 0, 0, 0, 252], data: 18, first: 0x70 },
    { name: "REPORT LUNS", cdb: [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0], data: 16, first: 0 },
  ];
  for (const lun of [5, -1]) {
    for (const { name, cdb, reason = "", data = 0, first } of rows) {
      await t.step(`${name} at ${lun}`, async () => {
        const result = await sendTo(new FakeTask(new FakeDevice().nexus, lun, cdb));
        assertEquals(result.reason, reason);
        assertEquals(result.status, reason === "" ? 0 : 2);
        assertEquals(result.data.length, data);
        assertEquals(result.data[0], first);
      });
    }
  }
});

Deno.test("begin() tells an unknown operation code from an unknown service action", async () => {
  const device = new FakeDevice();
  assertEquals((await device.send([0xff])).reason, "5/20/00");
  const { reason, sense } = await device.send([0x9e, 0x1f]);
  assertEquals(reason, "5/24/00");
  assertEquals(sense?.subarray(15), Uint8Array.of(0xcc, 0, 1));
});

Deno.test("begin() reports a unit attention once, and lets INQUIRY and REPORT LUNS pass it by", async () => {
  const device = new FakeDevice();
  const nexus = device.login("iqn.2026-01.test:new", true);
  assertEquals((await device.send(inquiry, {}, nexus)).status, 0);
  assertEquals((await device.send([0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0], {}, nexus)).status, 0);
  assertEquals((await device.send(testUnitReady, {}, nexus)).reason, "6/29/00");
  assertEquals((await device.send(testUnitReady, {}, nexus)).status, 0);
});

Deno.test("begin() tells a wrong CDB before a unit attention, so that the attention is not lost on it", async () => {
  const device = new FakeDevice();
  const nexus = device.login("iqn.2026-01.test:new", true);
  assertEquals((await device.send([0xff], {}, nexus)).reason, "5/20/00");
  assertEquals((await device.send(testUnitReady, {}, nexus)).reason, "6/29/00");
});

Deno.test("begin() refuses writes to a protected medium before data moves", async () => {
  const write = [0x2a, 0, 0, 0, 0, 0, 0, 0, 1];
  const byOption = new FakeDevice({ readOnly: true });
  const byStore = new FakeDevice({ store: new ArrayStore(0x1_0000, { readOnly: true }) });
  for (const device of [byOption, byStore]) {
    const { reason, outcome, transferLength } = await device.send(write, { dataOut: new Uint8Array(512) });
    assertEquals([reason, outcome, transferLength], ["7/27/00", "done", 0]);
  }
});

Deno.test("begin() keeps tasks in the unit's task set until finish()", () => {
  const device = new FakeDevice();
  const task = new FakeTask(device.nexus, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  assertEquals(begin(task), STREAM);
  assertEquals(device.unit.tasks.size, 1);
  finish(task);
  finish(task);
  assertEquals(device.unit.tasks.size, 0);
  assertEquals(begin(new FakeTask(device.nexus, 0, testUnitReady)), DONE);
});

Deno.test("begin() turns store failures into sense data", async (t) => {
  const rows = [
    { code: "out-of-space", write: "7/27/07", read: "7/27/07" },
    { code: "medium", write: "3/0c/00", read: "3/11/00", information: 3 },
    { code: "read-only", write: "7/27/00", read: "7/27/00" },
    { code: "gone", write: "2/04/03", read: "2/04/03" },
    { code: "io", write: "4/44/00", read: "4/44/00" },
    { code: "never heard of", write: "4/44/00", read: "4/44/00" },
  ];
  for (const { code, write, read, information } of rows) {
    for (const late of [false, true]) {
      await t.step(`${code}${late ? ", late" : ""}`, async () => {
        const faults: unknown[] = [];
        const device = new FakeDevice({ store: new ArrayStore(0x1_0000, { late }), onFault: (e) => faults.push(e) });
        device.store.failure = new FakeStoreError(code);
        const reading = await device.send([0x28, 0, 0, 0, 0, 3, 0, 0, 1]);
        const writing = await device.send([0x2a, 0, 0, 0, 0, 3, 0, 0, 1], { dataOut: new Uint8Array(512) });
        assertEquals([reading.reason, writing.reason], [read, write]);
        assertEquals(reading.transferLength, 0);
        const valid = information === undefined ? 0x70 : 0xf0;
        assertEquals([reading.sense?.[0], reading.sense?.[6]], [valid, information ?? 0]);
        assertEquals(faults.length, code === "never heard of" ? 2 : 0);
      });
    }
  }
});

Deno.test("begin() names the block that the store names", async () => {
  const device = new FakeDevice();
  device.store.failure = Object.assign(new FakeStoreError("medium"), { at: 5 * 512 + 7 });
  const { sense } = await device.send([0x28, 0, 0, 0, 0, 3, 0, 0, 8]);
  assertEquals([sense?.[0], sense?.[6]], [0xf0, 5]);
});

Deno.test("begin() forgets everything about the command that a pooled task carried before", async () => {
  const device = new FakeDevice();
  const task = new FakeTask(device.nexus, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 2], {
    dataOut: new Uint8Array(1024).fill(1),
    pieceSize: 700,
  });
  begin(task);
  task.data = new Uint8Array(700).fill(1);
  await proceed(task);
  finish(task);
  const again = await sendTo(task);
  assertEquals([again.status, again.transferLength], [0, 1024]);
  assertEquals(device.store.data.subarray(0, 1025), new Uint8Array(1025).fill(1, 0, 1024));
});

Deno.test("begin() tells a deferred error with the next command, once", async () => {
  const device = new FakeDevice({ store: new ArrayStore(0x1_0000, { late: true }) });
  device.store.failure = new FakeStoreError("io");
  assertEquals((await device.send([0x35, 0x02])).status, 0);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  const { sense, reason } = await device.send(testUnitReady);
  assertEquals([sense?.[0], reason], [0x71, "4/44/00"]);
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("begin() sends sense data in the format that D_SENSE asks for", async () => {
  const device = new FakeDevice();
  device.unit.modePages.set({
    index: modePageIndex(0x0a),
    values: Uint8Array.of(0x0a, 0x0a, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  });
  assertEquals((await device.send([0xff])).sense?.[0], 0x72);
});

Deno.test("proceed() does nothing for a task that was aborted", async () => {
  const device = new FakeDevice();
  const task = new FakeTask(device.nexus, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  begin(task);
  task.data = new Uint8Array(512);
  task.aborted = true;
  await proceed(task);
  assertEquals(device.store.calls, []);
});

Deno.test("begin() refuses the ACA attribute and those that are reserved", async () => {
  const device = new FakeDevice();
  for (const attribute of [4, 5, 6, 7]) {
    assertEquals((await device.send(testUnitReady, { attribute })).reason, "5/49/00");
  }
  for (const attribute of [0, 1, 2, 3]) assertEquals((await device.send(testUnitReady, { attribute })).status, 0);
});

Deno.test("begin() lets an ORDERED task wait for older ones, and newer ones for it", async () => {
  const device = new FakeDevice();
  const write = new FakeTask(device.nexus, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512).fill(7) });
  assertEquals(begin(write), STREAM);
  const ended: string[] = [];
  const read = (name: string, attribute: number): Promise<unknown> =>
    device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1], { attribute }).then(({ data }) => ended.push(`${name} ${data[0]}`));
  const all = [read("ordered", 2), read("simple", 1), read("head", 3)];
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertEquals(ended, ["head 0"]);
  write.data = new Uint8Array(512).fill(7);
  write.dataLast = true;
  await proceed(write);
  finish(write);
  await Promise.all(all);
  assertEquals(ended, ["head 0", "ordered 7", "simple 7"]);
});

Deno.test("begin() tells a task that waited of the reservation that was made meanwhile", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  const write = new FakeTask(device.nexus, 0, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  begin(write);
  const reserving = device.send([0x16], { attribute: 2 });
  const reading = device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1], {}, other);
  finish(write);
  assertEquals([(await reserving).status, (await reading).status], [0, 0x18]);
});
