import { assertEquals, assertThrows } from "@std/assert";
import { LogicalUnit, type LogicalUnitOptions } from "../../lib/scsi/logical_unit.ts";
import { reportLuns } from "../../lib/scsi/commands/report_luns.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice, fakeIdentity, FakeTask } from "../support/fake_task.ts";

const testUnitReady = [0x00];

Deno.test("LogicalUnit refuses what cannot work", async (t) => {
  const store = new ArrayStore(0x1_0000);
  const rows: readonly { name: string; options: Partial<LogicalUnitOptions>; message: string }[] = [
    { name: "odd blocks", options: { blockSize: 520 }, message: "Cannot use blocks of 520 bytes" },
    { name: "small blocks", options: { blockSize: 256 }, message: "Cannot use blocks of 256 bytes" },
    {
      name: "blocks below the store's",
      options: { store: new ArrayStore(8192, { blockSize: 4096 }) },
      message: "Cannot use blocks of 512 bytes: the store's have 4096",
    },
    { name: "an empty store", options: { store: new ArrayStore(511) }, message: "it holds no block" },
    {
      name: "physical blocks that are no power of two",
      options: { physicalBlockSize: 6144 },
      message: "Cannot use physical blocks of 6144 bytes: not a power of two from 512 to 16777216",
    },
    {
      name: "physical blocks that are too large",
      options: { physicalBlockSize: 2 ** 25 },
      message: "Cannot use physical blocks of 33554432 bytes",
    },
    {
      name: "physical blocks below the logical ones",
      options: { blockSize: 4096, physicalBlockSize: 512 },
      message: "Cannot use physical blocks of 512 bytes: not a power of two from 4096",
    },
    {
      name: "an alignment beyond the first physical block",
      options: { lowestAlignedLba: 8 },
      message: "Cannot align physical blocks to LBA 8: it is not from 0 to 7",
    },
    {
      name: "an alignment that READ CAPACITY cannot tell",
      options: { physicalBlockSize: 2 ** 24, lowestAlignedLba: 0x4000 },
      message: "Cannot align physical blocks to LBA 16384: it is not from 0 to 16383",
    },
    {
      name: "an alignment in the middle of a block",
      options: { lowestAlignedLba: 0.5 },
      message: "Cannot align physical blocks to LBA 0.5",
    },
    { name: "no serial", options: { identity: { ...fakeIdentity, serial: "" } }, message: "empty serial" },
    { name: "a long vendor", options: { identity: { ...fakeIdentity, vendor: "TOO LONG!" } }, message: "vendor" },
    { name: "a short NAA", options: { identity: { ...fakeIdentity, naa: new Uint8Array(7) } }, message: "7 bytes" },
  ];
  for (const { name, options, message } of rows) {
    await t.step(name, () => {
      assertThrows(() => new LogicalUnit({ store, identity: fakeIdentity, ...options }), RangeError, message);
    });
  }
});

Deno.test("LogicalUnit tells a new port POWER ON and a port that comes back I_T NEXUS LOSS", async () => {
  const device = new FakeDevice();
  const first = device.login("iqn.2026-01.test:x", true);
  assertEquals((await device.send(testUnitReady, {}, first)).reason, "6/29/00");
  device.unit.nexusLost(first);
  const again = device.login("iqn.2026-01.test:x", true);
  assertEquals((await device.send(testUnitReady, {}, again)).reason, "6/29/07");
  assertEquals((await device.send(testUnitReady, {}, device.login("iqn.2026-01.test:y", true))).reason, "6/29/00");
});

Deno.test("LogicalUnit remembers only so many ports", async () => {
  const device = new FakeDevice();
  device.unit.nexusLost(device.login("iqn.2026-01.test:first"));
  for (let i = 0; i < 4096; i++) device.unit.nexusLost(device.login(`iqn.2026-01.test:${i}`));
  assertEquals((await device.send(testUnitReady, {}, device.login("iqn.2026-01.test:first", true))).reason, "6/29/00");
  assertEquals((await device.send(testUnitReady, {}, device.login("iqn.2026-01.test:4095", true))).reason, "6/29/07");
});

Deno.test("LogicalUnit forgets with a nexus what it prevented", async () => {
  const device = new FakeDevice({ removable: true });
  const nexus = device.login("iqn.2026-01.test:x");
  await device.send([0x1e, 0, 0, 0, 1], {}, nexus);
  device.unit.nexusLost(nexus);
  assertEquals(device.unit.removalPrevented, false);
});

Deno.test("LogicalUnit.capacityChanged() tells everybody, when whole blocks came or went", async () => {
  const device = new FakeDevice();
  device.store.size -= 100;
  device.unit.capacityChanged();
  assertEquals((await device.send(testUnitReady)).reason, "6/2a/09");
  assertEquals(device.unit.blocks, 127);
  device.store.size -= 10;
  device.unit.capacityChanged();
  assertEquals((await device.send(testUnitReady)).reason, "");
});

Deno.test("LogicalUnit.lunsChanged() is told by one unit for all, or by REPORT LUNS", async () => {
  const device = new FakeDevice();
  device.luns.units.set(1, new LogicalUnit({ store: new ArrayStore(512), identity: fakeIdentity }));
  const nexus = device.login("iqn.2026-01.test:x");
  for (const unit of device.luns.units.values()) unit.lunsChanged(nexus);
  assertEquals((await device.send(testUnitReady, {}, nexus)).reason, "6/3f/0e");
  assertEquals(device.luns.at(1)?.nexus(nexus).attentions.pending, 0);

  for (const unit of device.luns.units.values()) unit.lunsChanged(nexus);
  reportLuns(new FakeTask(nexus, 0, [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0]));
  assertEquals((await device.send(testUnitReady, {}, nexus)).reason, "");
});
