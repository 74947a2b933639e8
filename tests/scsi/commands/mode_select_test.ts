import { assertEquals } from "@std/assert";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeMemory } from "../../support/fake_memory.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

const formatted = 0x10;
const save = 0x01;

const cache = (enabled: boolean): number[] => [0x08, 0x12, enabled ? 4 : 0, ...new Array(17).fill(0)];
const control = (two: number, four: number): number[] => [0x0a, 0x0a, two | 2, 0x10, four, 0, 0, 0, 0, 0, 0, 0];

function select6(device: FakeDevice, list: readonly number[], flags = formatted): Promise<FakeResult> {
  return device.send([0x15, flags, 0, 0, list.length], { dataOut: Uint8Array.from(list) });
}

function select10(device: FakeDevice, list: readonly number[], flags = formatted): Promise<FakeResult> {
  const cdb = [0x55, flags, 0, 0, 0, 0, 0, list.length >> 8, list.length & 0xff];
  return device.send(cdb, { dataOut: Uint8Array.from(list) });
}

Deno.test("MODE SELECT turns the write cache off: what it holds is flushed, and so is each write", async () => {
  const device = new FakeDevice();
  const write = () => device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  await write();
  assertEquals(device.store.calls, ["write 0 512"]);
  assertEquals((await select6(device, [0, 0, 0, 0, ...cache(false)])).reason, "");
  assertEquals(device.store.calls.splice(0), ["write 0 512", "flush"]);
  await write();
  assertEquals(device.store.calls.splice(0), ["write 0 512", "flush"]);
  assertEquals((await select10(device, [0, 0, 0, 0, 0, 0, 0, 0, ...cache(true)])).reason, "");
  await write();
  assertEquals(device.store.calls, ["write 0 512"]);
});

Deno.test("MODE SELECT protects the medium with SWP", async () => {
  const device = new FakeDevice();
  assertEquals((await select6(device, [0, 0, 0, 0, ...control(0, 8)])).status, 0);
  const write = await device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  assertEquals(write.reason, "7/27/02");
  assertEquals((await device.send([0x1a, 8, 0x3f, 0, 255])).data[2], 0x90);
  await select6(device, [0, 0, 0, 0, ...control(0, 0)]);
  const again = await device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  assertEquals(again.status, 0);
});

Deno.test("MODE SELECT switches the format of sense data with D_SENSE", async () => {
  const device = new FakeDevice();
  assertEquals((await device.send([0xff])).sense?.[0], 0x70);
  await select6(device, [0, 0, 0, 0, ...control(4, 0)]);
  assertEquals((await device.send([0xff])).sense?.[0], 0x72);
});

Deno.test("MODE SELECT tells the other initiators, and only when something has changed", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  await select6(device, [0, 0, 0, 0, ...control(0, 0)]);
  assertEquals((await device.send([0x00], {}, other)).reason, "");
  await select6(device, [0, 0, 0, 0, ...control(4, 0)]);
  assertEquals((await device.send([0x00])).reason, "");
  assertEquals((await device.send([0x00], {}, other)).reason, "6/2a/01");
});

Deno.test("MODE SELECT takes every form of list that initiators send", async (t) => {
  const blocks = [0, 0, 0, 128, 0, 0, 2, 0];
  const long = [0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 2, 0];
  const page = control(4, 0);
  const rows: [string, typeof select6, number[], number][] = [
    ["nothing", select6, [], 0x10],
    ["a header", select6, [0, 0, 0, 0], 0x10],
    ["a block descriptor without a page", select6, [0, 0, 0, 8, ...blocks], 0x10],
    ["blocks that are not said", select6, [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0], 0x10],
    ["as many blocks as there can be", select6, [0, 0, 0, 8, 255, 255, 255, 255, 0, 0, 2, 0], 0x10],
    ["a descriptor and a page", select6, [0, 0, 0, 8, ...blocks, ...page], 0x10],
    ["a page without PF", select6, [0, 0, 0, 0, ...page], 0],
    ["what MODE SENSE gave, with PS", select6, [0x17, 0, 0x10, 8, ...blocks, 0x8a, ...page.slice(1)], 0x10],
    ["two pages", select6, [0, 0, 0, 0, ...cache(true), ...page], 0x10],
    ["a subpage", select6, [0, 0, 0, 0, 0x4a, 1, 0, 28, 6, ...new Array(27).fill(0)], 0x10],
    ["ten bytes and a page", select10, [0, 0, 0, 0, 0, 0, 0, 0, ...page], 0x10],
    ["a long descriptor", select10, [0, 0, 0, 0, 1, 0, 0, 16, ...long, ...page], 0x10],
    [
      "a long one with all ones",
      select10,
      [0, 0, 0, 0, 1, 0, 0, 16, ...new Array(8).fill(255), ...long.slice(8)],
      0x10,
    ],
  ];
  for (const [name, select, list, flags] of rows) {
    await t.step(name, async () => assertEquals((await select(new FakeDevice(), list, flags)).reason, ""));
  }
});

Deno.test("MODE SELECT refuses lists that say what is not so, and takes nothing from them", async (t) => {
  const page = control(4, 0);
  const rows: [string, number[], string, number[]?][] = [
    ["half a header", [0, 0], "5/1a/00"],
    ["half a descriptor", [0, 0, 0, 8, 0, 0], "5/1a/00"],
    ["half a page", [0, 0, 0, 0, ...page.slice(0, 5)], "5/1a/00"],
    ["one byte of a page", [0, 0, 0, 0, ...page, 0x08], "5/1a/00"],
    ["a descriptor of another length", [0, 0, 0, 4, 0, 0, 0, 0], "5/26/00", [0x80, 0, 3]],
    ["other blocks", [0, 0, 0, 8, 0, 0, 0, 127, 0, 0, 2, 0], "5/26/00", [0x80, 0, 4]],
    ["other block sizes", [0, 0, 0, 8, 0, 0, 0, 128, 0, 0, 16, 0], "5/26/00", [0x80, 0, 9]],
    ["an unknown page", [0, 0, 0, 0, ...page, 0x05, 0], "5/26/00", [0x8d, 0, 16]],
    ["all pages", [0, 0, 0, 0, 0x3f, 0], "5/26/00", [0x8d, 0, 4]],
    ["a page of another length", [0, 0, 0, 0, 0x0a, 8, ...new Array(8).fill(0)], "5/26/00", [0x80, 0, 5]],
    ["a fixed field", [0, 0, 0, 0, ...control(4, 0x10)], "5/26/00", [0x8c, 0, 8]],
  ];
  for (const [name, list, reason, pointer] of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      const result = await select6(device, list);
      assertEquals(result.reason, reason);
      if (pointer !== undefined) assertEquals([...result.sense?.subarray(15) ?? []], pointer);
      assertEquals(device.unit.modePages.descriptorSense, false);
    });
  }
});

Deno.test("MODE SELECT saves with SP, and refuses to without a memory", async () => {
  const list = [0, 0, 0, 0, ...control(4, 0)];
  const refused = await select6(new FakeDevice(), list, formatted | save);
  assertEquals([refused.reason, [...refused.sense?.subarray(15) ?? []]], ["5/24/00", [0xc8, 0, 1]]);
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory });
  assertEquals((await select6(device, list, formatted | save)).reason, "");
  assertEquals(new FakeDevice({ memory }).unit.modePages.descriptorSense, true);
  await select6(device, [0, 0, 0, 0, ...control(0, 0)]);
  assertEquals(new FakeDevice({ memory }).unit.modePages.descriptorSense, true);
  memory.failure = new Error("full");
  assertEquals((await select6(device, list, formatted | save)).reason, "4/44/00");
});

Deno.test("MODE SELECT cannot enable a write cache where there is none", async () => {
  const device = new FakeDevice({ store: new ArrayStore(4096, { volatileCache: false }) });
  assertEquals((await select6(device, [0, 0, 0, 0, ...cache(true)])).reason, "5/26/00");
  assertEquals((await select6(device, [0, 0, 0, 0, ...cache(false)])).reason, "");
});
