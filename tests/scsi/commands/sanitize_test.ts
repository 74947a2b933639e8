import { assert, assertEquals } from "@std/assert";
import { sanitizeCdb } from "../../../lib/scsi/block_cdbs.ts";
import { overwriteHeader } from "../../../lib/scsi/commands/sanitize.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice, FakeTask, sendTo } from "../../support/fake_task.ts";
import { HeldStore, settle } from "../../support/held_store.ts";

const overwrite = 0x01;
const blockErase = 0x02;
const exitFailureMode = 0x1f;

interface Request {
  readonly immed?: boolean;
  readonly unrestrictedExit?: boolean;
  readonly parameterListLength?: number;
}

function sanitize(serviceAction: number, request: Request = {}): number[] {
  return [...sanitizeCdb.encode({ opcode: 0x48, serviceAction, ...request })];
}

function list(
  pattern: readonly number[],
  values: Partial<ReturnType<typeof overwriteHeader.decode>> = {},
): Uint8Array {
  const data = new Uint8Array(overwriteHeader.size + pattern.length);
  overwriteHeader.encode({ count: 1, patternLength: pattern.length, ...values }, data);
  data.set(pattern, overwriteHeader.size);
  return data;
}

const testUnitReady = [0, 0, 0, 0, 0, 0];
const requestSense = [3, 0, 0, 0, 252, 0];
const inquiry = [0x12, 0, 0, 0, 96, 0];
const read = [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0];

Deno.test("SANITIZE (OVERWRITE) writes the pattern into each block, from its beginning", async () => {
  const device = new FakeDevice();
  device.store.data.fill(9);
  const dataOut = list([1, 2, 3]);
  const { status } = await device.send(sanitize(overwrite, { parameterListLength: 7 }), { dataOut });
  assertEquals(status, 0);
  for (const at of [0, 512, 0x1_0000 - 512]) {
    assertEquals([...device.store.data.subarray(at, at + 5)], [1, 2, 3, 1, 2]);
  }
  assertEquals(device.store.calls.at(-1), "flush");
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("SANITIZE (OVERWRITE) inverts every other pass, so that the last leaves the pattern", async (t) => {
  const rows = [[0x0f], [0xf0, 0x0f], [0x0f, 0xf0, 0x0f]];
  for (const passes of rows) {
    await t.step(`${passes.length} passes`, async () => {
      const store = new ArrayStore(512);
      const seen: number[] = [];
      const write = store.write.bind(store);
      store.write = (from, at) => {
        seen.push(from[0] as number);
        return write(from, at);
      };
      const dataOut = list([0x0f], { count: passes.length, invert: true });
      await new FakeDevice({ store }).send(sanitize(overwrite, { parameterListLength: 5 }), { dataOut });
      assertEquals(seen, passes);
    });
  }
});

Deno.test("SANITIZE (OVERWRITE) refuses lists that make no sense", async (t) => {
  const rows = [
    { name: "only a header", length: 4, data: list([1]), reason: "5/24/00" },
    { name: "longer than a block", length: 517, data: list(new Array(513).fill(1)), reason: "5/24/00" },
    { name: "no pass", length: 5, data: list([1], { count: 0 }), reason: "5/26/00" },
    { name: "a test", length: 5, data: list([1], { test: 1 }), reason: "5/26/00" },
    { name: "no pattern", length: 5, data: list([1], { patternLength: 0 }), reason: "5/26/00" },
    { name: "a pattern that ends behind", length: 5, data: list([1], { patternLength: 2 }), reason: "5/26/00" },
    { name: "less data than the CDB names", length: 8, data: list([1]), reason: "5/0e/03" },
  ];
  for (const { name, length, data, reason } of rows) {
    await t.step(name, async () => {
      const device = new FakeDevice();
      const result = await device.send(sanitize(overwrite, { parameterListLength: length }), { dataOut: data });
      assertEquals([result.reason, device.store.calls, device.unit.operation], [reason, [], undefined]);
    });
  }
});

Deno.test("SANITIZE (BLOCK ERASE) gives all blocks back, where that can be", async () => {
  const thin = new FakeDevice({ thin: true });
  assertEquals((await thin.send(sanitize(blockErase))).status, 0);
  assertEquals(thin.store.calls, ["unmap 0 65536", "flush"]);
  assertEquals((await new FakeDevice().send(sanitize(blockErase))).reason, "5/24/00");
  assertEquals((await thin.send(sanitize(blockErase, { parameterListLength: 8 }))).reason, "5/24/00");
});

Deno.test("SANITIZE knows no CRYPTOGRAPHIC ERASE, and needs a medium that may be written", async () => {
  assertEquals((await new FakeDevice({ thin: true }).send(sanitize(0x03))).reason, "5/24/00");
  assertEquals((await new FakeDevice({ thin: true, readOnly: true }).send(sanitize(blockErase))).reason, "7/27/00");
});

/** A device whose store holds up the second write of an OVERWRITE in two passes. */
async function busy(
  immed: boolean,
): Promise<{ device: FakeDevice<HeldStore>; task: FakeTask; ended: Promise<unknown> }> {
  const store = new HeldStore(0x8_0000);
  const device = new FakeDevice({ store, thin: true });
  store.holding.add("write");
  const cdb = sanitize(overwrite, { immed, parameterListLength: 5 });
  const task = new FakeTask(device.nexus, 0, cdb, { dataOut: list([1], { count: 2 }) });
  const ended = sendTo(task);
  await settle();
  await store.release(1);
  return { device, task, ended };
}

Deno.test("while a medium is sanitized, only commands that need none are served", async () => {
  const { device, ended } = await busy(false);
  for (
    const cdb of [testUnitReady, read, [0x1b, 0, 0, 0, 1, 0], sanitize(blockErase), [0x5e, 0, 0, 0, 0, 0, 0, 0, 8, 0]]
  ) {
    assertEquals((await device.send(cdb)).reason, "2/04/1b");
  }
  assertEquals((await device.send(inquiry)).status, 0);
  const { data, status } = await device.send(requestSense);
  // One of four pieces is done.
  assertEquals([status, data[2], data[12], data[13], data[15], data[16]], [0, 2, 0x04, 0x1b, 0x80, 0x40]);
  await device.store.release();
  await ended;
  assertEquals((await device.send(read)).data[0], 1);
  assertEquals((await device.send(requestSense)).data[2], 0);
});

Deno.test("SANITIZE with IMMED ends before the operation does", async () => {
  const { device, ended } = await busy(true);
  await ended;
  assertEquals((await device.send(testUnitReady)).reason, "2/04/1b");
  await device.store.release();
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("an operation goes on when its command is aborted and the unit is reset", async () => {
  const { device, task, ended } = await busy(false);
  task.aborted = true;
  await device.store.release(1);
  await ended;
  device.unit.reset({ key: 6, asc: 0x29, ascq: 0, name: "reset" });
  assertEquals((await device.send(testUnitReady)).reason, "6/29/00");
  assertEquals((await device.send(testUnitReady)).reason, "2/04/1b");
  await device.store.release();
  assertEquals((await device.send(testUnitReady)).status, 0);
});

Deno.test("an operation waits for what runs, and what waits for data goes on behind it", async () => {
  const store = new HeldStore(0x1_0000);
  const device = new FakeDevice({ store, thin: true });
  store.holding.add("write");
  const write = device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], { dataOut: new Uint8Array(512).fill(7) });
  await settle();
  const erase = device.send(sanitize(blockErase));
  await settle();
  await store.release();
  assertEquals([(await write).status, (await erase).status], [0, 0]);
  assertEquals(store.bytes(0, 512), new Uint8Array(512));
});

/** A device whose sanitize operation has failed. */
async function failed(unrestrictedExit: boolean): Promise<FakeDevice> {
  const device = new FakeDevice({ thin: true });
  device.store.failure = new FakeStoreError("io");
  const { reason } = await device.send(sanitize(blockErase, { unrestrictedExit }));
  assertEquals(reason, "4/44/00");
  device.store.failure = undefined;
  assertEquals((await device.send(read)).reason, "3/31/03");
  assertEquals((await device.send(inquiry)).status, 0);
  return device;
}

Deno.test("after a failure in unrestricted completion mode, EXIT FAILURE MODE is a way out", async () => {
  const device = await failed(true);
  assertEquals((await device.send(sanitize(exitFailureMode))).status, 0);
  assertEquals((await device.send(read)).status, 0);
});

Deno.test("after a failure in restricted completion mode, only sanitizing once more is a way out", async () => {
  const device = await failed(false);
  assertEquals((await device.send(sanitize(exitFailureMode))).reason, "5/24/00");
  assertEquals((await device.send(sanitize(blockErase, { unrestrictedExit: true }))).reason, "5/24/00");
  assertEquals((await device.send(read)).reason, "3/31/03");
  assertEquals((await device.send(sanitize(blockErase))).status, 0);
  assertEquals((await device.send(read)).status, 0);
});

Deno.test("EXIT FAILURE MODE changes nothing where nothing has failed", async () => {
  const device = new FakeDevice();
  assertEquals((await device.send(sanitize(exitFailureMode))).status, 0);
  assert(device.store.calls.length === 0);
});
