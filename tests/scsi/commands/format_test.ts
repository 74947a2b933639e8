import { assertEquals } from "@std/assert";
import { formatUnitCdb } from "../../../lib/scsi/block_cdbs.ts";
import { formatHeader, longFormatHeader, patternDescriptor } from "../../../lib/scsi/commands/format.ts";
import { FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";
import { HeldStore, settle } from "../../support/held_store.ts";

const plain = [...formatUnitCdb.encode({ opcode: 0x04 })];
const withData = [...formatUnitCdb.encode({ opcode: 0x04, formatData: true })];
const withLongData = [...formatUnitCdb.encode({ opcode: 0x04, formatData: true, longList: true })];
const testUnitReady = [0, 0, 0, 0, 0, 0];

type Options = Partial<ReturnType<typeof formatHeader.decode>>;

function list(options: Options, rest: readonly number[] = []): Uint8Array {
  const data = new Uint8Array(formatHeader.size + rest.length);
  formatHeader.encode(options, data);
  data.set(rest, formatHeader.size);
  return data;
}

function pattern(type: number, bytes: readonly number[], length = bytes.length): number[] {
  return [...patternDescriptor.encode({ type, length }), ...bytes];
}

Deno.test("FORMAT UNIT gives all blocks back, or zeros them where they are always there", async () => {
  const thin = new FakeDevice({ thin: true });
  const { status, transferLength } = await thin.send(plain);
  assertEquals([status, transferLength, thin.store.calls], [0, 0, ["unmap 0 65536", "flush"]]);
  const thick = new FakeDevice();
  assertEquals((await thick.send(withData, { dataOut: list({}) })).status, 0);
  assertEquals(thick.store.calls, ["zero 0 65536", "flush"]);
  assertEquals((await thick.send(withLongData, { dataOut: longFormatHeader.encode({}) })).status, 0);
});

Deno.test("FORMAT UNIT writes an initialization pattern", async () => {
  const device = new FakeDevice();
  const dataOut = list({ optionsValid: true, initializationPattern: true }, pattern(1, [7, 8, 9]));
  assertEquals((await device.send(withData, { dataOut })).status, 0);
  assertEquals([...device.store.data.subarray(0x1_0000 - 512, 0x1_0000 - 508)], [7, 8, 9, 7]);
  const zeros = list({ optionsValid: true, initializationPattern: true }, pattern(0, []));
  assertEquals((await device.send(withData, { dataOut: zeros })).status, 0);
  assertEquals(device.store.data[0], 0);
});

Deno.test("FORMAT UNIT refuses lists that make no sense", async (t) => {
  const valid = { optionsValid: true, initializationPattern: true };
  const rows = [
    { name: "no header", data: new Uint8Array(3), reason: "5/1a/00" },
    { name: "too long", data: new Uint8Array(0x1_0011), reason: "5/1a/00" },
    { name: "protection information", data: list({ protectionUsage: 1 }), reason: "5/26/00" },
    { name: "options without FOV", data: list({ disableCertification: true }), reason: "5/26/00" },
    { name: "defects", data: list({ defectListLength: 8 }, new Array(8).fill(0)), reason: "5/26/00" },
    { name: "no descriptor of the pattern", data: list(valid), reason: "5/1a/00" },
    { name: "an unknown kind of pattern", data: list(valid, pattern(2, [1])), reason: "5/26/00" },
    { name: "a default pattern with a length", data: list(valid, pattern(0, [1])), reason: "5/26/00" },
    { name: "an empty pattern", data: list(valid, pattern(1, [])), reason: "5/26/00" },
    { name: "a pattern that ends behind", data: list(valid, pattern(1, [1], 2)), reason: "5/26/00" },
    { name: "a pattern longer than a block", data: list(valid, pattern(1, new Array(513).fill(1))), reason: "5/26/00" },
  ];
  for (const { name, data, reason } of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      assertEquals((await device.send(withData, { dataOut: data })).reason, reason);
      assertEquals([device.store.calls, device.unit.operation], [[], undefined]);
    });
  }
});

Deno.test("FORMAT UNIT with IMMED ends at once; meanwhile the unit is not ready and tells its progress", async () => {
  const store = new HeldStore(0x8_0000);
  const device = new FakeDevice({ store });
  store.holding.add("write");
  const dataOut = list({ optionsValid: true, initializationPattern: true, immed: true }, pattern(1, [5]));
  assertEquals((await device.send(withData, { dataOut })).status, 0);
  await settle();
  await store.release(1);
  const { reason, sense } = await device.send(testUnitReady);
  assertEquals([reason, sense?.subarray(15)], ["2/04/04", Uint8Array.of(0x80, 0x80, 0)]);
  await store.release();
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("FORMAT UNIT that fails leaves a medium that only formatting mends", async () => {
  const device = new FakeDevice({ thin: true });
  device.store.failure = new FakeStoreError("medium");
  assertEquals((await device.send(plain)).reason, "3/0c/00");
  device.store.failure = undefined;
  assertEquals((await device.send(testUnitReady)).reason, "3/31/00");
  assertEquals((await device.send(plain)).status, 0);
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("READ DEFECT DATA gives empty lists, of the kinds that are asked for", async (t) => {
  const rows = [
    { name: "(10)", cdb: (flags: number) => [0x37, 0, flags, 0, 0, 0, 0, 0, 32, 0], size: 4 },
    { name: "(12)", cdb: (flags: number) => [0xb7, flags, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], size: 8 },
  ];
  for (const { name, cdb, size } of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      for (const flags of [0x00, 0x0d, 0x10, 0x1b]) {
        const { status, data } = await device.send(cdb(flags));
        assertEquals([status, data], [0, Uint8Array.from({ length: size }, (_, i) => i === 1 ? flags : 0)]);
      }
      assertEquals((await device.send(cdb(0x06))).reason, "5/24/00");
    });
  }
});
