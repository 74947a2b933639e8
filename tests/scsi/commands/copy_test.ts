import { assert, assertEquals } from "@std/assert";
import { begin, finish, proceed } from "../../../lib/scsi/dispatch.ts";
import { compareAndWriteCdb } from "../../../lib/scsi/block_cdbs.ts";
import { manage, taskManagementFunction } from "../../../lib/scsi/task_management.ts";
import { sense } from "../../../lib/scsi/sense.ts";
import { FakeStoreError } from "../../support/array_store.ts";
import {
  abortCdb,
  copy,
  CopyDevice,
  descriptorOf,
  filled,
  inCdb,
  longCopy,
  longList,
  outCdb,
  segment,
  shortList,
  toAsked,
} from "../../support/copying.ts";
import { FakeTask } from "../../support/fake_task.ts";
import { HeldStore, settle } from "../../support/held_store.ts";
import { action, persistent, reserveOut } from "../../support/reserving.ts";

Deno.test("EXTENDED COPY (LID1) copies segment by segment, and leaves all else alone", async () => {
  const device = new CopyDevice();
  device.store.data.fill(3, 512, 1024);
  const { status } = await copy(
    device,
    segment({ blocks: 2, destinationLba: 4 }),
    segment({ blocks: 1, destinationLba: 9 }),
  );
  assertEquals(status, 0);
  const { data } = device.otherStore;
  assertEquals([2047, 2048, 2560, 3071, 3072, 9 * 512, 10 * 512].map((at) => data[at]), [2, 1, 3, 3, 2, 1, 2]);
});

Deno.test("EXTENDED COPY (LID4) knows the unit that was asked as FFFFh", async () => {
  const device = new CopyDevice();
  assertEquals((await longCopy(device, {}, toAsked({ blocks: 1 }))).status, 0);
  assertEquals([device.otherStore.data[511], device.otherStore.data[512]], [1, 2]);
});

Deno.test("EXTENDED COPY moves more than a piece, and inside a unit as if through a buffer", async (t) => {
  const blocks = 1200;
  for (const [from, to] of [[0, 800], [100, 101], [101, 100], [700, 0], [5, 5]] as const) {
    await t.step(`from ${from} to ${to}`, async () => {
      const device = new CopyDevice();
      const { data } = device.store;
      for (let i = 0; i < data.length; i++) data[i] = i * 7 + (i >> 9);
      const expected = data.slice();
      expected.copyWithin(to * 512, from * 512, (from + blocks) * 512);
      const moves = segment({ destination: 0, blocks, sourceLba: from, destinationLba: to });
      assertEquals((await copy(device, moves)).status, 0);
      assert(data.every((byte, i) => byte === expected[i]));
    });
  }
});

Deno.test("EXTENDED COPY counts blocks of the source, or with DC of the destination", async () => {
  for (const [destinationCount, bytes] of [[false, 4096], [true, 32768]] as const) {
    const device = new CopyDevice({}, { blockSize: 4096 });
    assertEquals((await copy(device, segment({ destinationCount }))).status, 0);
    assertEquals([device.otherStore.data[bytes - 1], device.otherStore.data[bytes]], [1, 2]);
  }
});

Deno.test("EXTENDED COPY that fails in the middle tells which segment failed, and where that is in the list", async (t) => {
  const good = segment({ blocks: 1 });
  const rows: { name: string; bad?: Uint8Array; spoil?: (device: CopyDevice) => void; reason: string }[] = [
    { name: "source that cannot be read", reason: "a/0d/01", spoil: ({ store }) => fail(store, "medium") },
    {
      name: "destination that is full",
      reason: "a/0d/01",
      spoil: ({ otherStore }) => fail(otherStore, "out-of-space"),
    },
    {
      name: "destination that fails unforeseen",
      reason: "4/44/00",
      spoil: ({ otherStore }) => fail(otherStore, "odd"),
    },
    { name: "no such unit", bad: segment({ source: 5 }), reason: "a/0d/02" },
    { name: "source beyond the end", bad: segment({ sourceLba: 2041 }), reason: "a/00/00" },
    { name: "destination beyond the end", bad: segment({ destinationLba: 2041 }), reason: "a/00/00" },
    { name: "far beyond the end", bad: segment({ destinationLba: 2 ** 52 }), reason: "a/00/00" },
  ];
  for (const { name, bad, spoil, reason } of rows) {
    await t.step(name, async () => {
      const device = new CopyDevice();
      let calls = 0;
      device.otherStore.before = () => {
        if (calls++ === 0 || spoil === undefined) return;
        device.otherStore.before = () => {};
        spoil(device);
      };
      const result = await copy(device, good, good, bad ?? segment(), good);
      assertEquals(result.reason, reason);
      if (spoil !== undefined) return;
      const { sense: data = new Uint8Array(18) } = result;
      assertEquals([...data.subarray(8, 12)], [0, 0, 0, 2]);
      // SKSV without SD: the pointer counts from the start of the list.
      assertEquals([...data.subarray(15, 18)], [0x80, 0, 16 + 64 + 2 * 28]);
      assertEquals(device.otherStore.calls.length, 2 * 1 + (device.otherStore.calls.includes("flush") ? 1 : 0));
    });
  }
});

function fail(store: CopyDevice["store"], code: string): void {
  store.failure = new FakeStoreError(code);
}

Deno.test("EXTENDED COPY is refused where a part of it may not be used", async (t) => {
  const rows: {
    name: string;
    forbid: (device: CopyDevice) => void | Promise<unknown>;
    reason: string;
    status?: number;
  }[] = [
    { name: "write protected destination", forbid: ({ other }) => protect(other), reason: "a/0d/01" },
    { name: "write protected source", forbid: ({ unit }) => protect(unit), reason: "", status: 0 },
    { name: "stopped source", forbid: ({ unit }) => void (unit.stopped = true), reason: "a/0d/01" },
    {
      name: "source under exclusive access of another",
      forbid: (device) => reserveByOther(device, 0, 3),
      reason: "",
      status: 0x18,
    },
    {
      name: "source under write exclusive of another",
      forbid: (device) => reserveByOther(device, 0, 1),
      reason: "",
      status: 0,
    },
    {
      name: "destination under write exclusive of another",
      forbid: (device) => reserveByOther(device, 1, 1),
      reason: "",
      status: 0x18,
    },
  ];
  for (const { name, forbid, reason, status = 2 } of rows) {
    await t.step(name, async () => {
      const device = new CopyDevice();
      await forbid(device);
      const result = await copy(device, segment());
      assertEquals([result.status, result.reason], [status, reason]);
      assertEquals(device.otherStore.data[0], status === 0 ? 1 : 2);
    });
  }
});

function protect(unit: CopyDevice["unit"]): void {
  Object.defineProperty(unit, "writeProtected", { value: true });
}

async function reserveByOther(device: CopyDevice, lun: number, type: number): Promise<void> {
  const nexus = device.login("iqn.2026-01.test:b");
  for (const [code, options] of [[action.register, { newKey: 5 }], [action.reserve, { key: 5, type }]] as const) {
    const { cdb, list } = reserveOut(code, options);
    assertEquals((await device.give(cdb, list, lun, nexus)).status, 0);
  }
}

Deno.test("EXTENDED COPY is kept off a unit that another has reserved, though that only lends its copy manager", async () => {
  const device = new CopyDevice();
  const nexus = device.login("iqn.2026-01.test:b");
  await persistent(device, nexus, action.register, { newKey: 5 });
  await persistent(device, nexus, action.reserve, { key: 5, type: 1 });
  device.add(2, { store: filled(3) });
  const list = shortList({
    descriptors: [descriptorOf(device.other), descriptorOf(device.luns.at(2) as CopyDevice["unit"])],
    segments: [segment()],
  });
  assertEquals((await device.give(outCdb(0, list.length), list, 0)).status, 0x18);
});

Deno.test("EXTENDED COPY stops between two pieces when its destination is reserved", async () => {
  const device = new CopyDevice();
  const nexus = device.login("iqn.2026-01.test:b");
  device.otherStore.before = () => {
    const state = device.other.nexus(device.nexus);
    if (device.otherStore.calls.length === 1) state.denied = device.other.nexus(nexus).denied | 1;
  };
  assertEquals((await copy(device, segment({ blocks: 1024 }))).status, 0x18);
  assertEquals([device.otherStore.data[0x4_0000 - 1], device.otherStore.data[0x4_0000]], [1, 2]);
});

Deno.test("EXTENDED COPY is done without data when its list has no bytes, descriptors or segments", async () => {
  const device = new CopyDevice();
  assertEquals((await device.ask(outCdb(0, 0))).status, 0);
  assertEquals((await copy(device)).status, 0);
  assertEquals((await copy(device, segment({ blocks: 0 }))).status, 0);
  assertEquals(device.otherStore.calls.filter((call) => call !== "flush"), []);
});

/** A copy that stands still at its first write. */
async function held(
  immediate = false,
): Promise<{ device: CopyDevice; store: HeldStore; task: FakeTask; running: unknown }> {
  const device = new CopyDevice();
  const store = new HeldStore(0x10_0000);
  const other = device.add(1, { store });
  const { unit } = device;
  const list = longList({
    descriptors: [descriptorOf(unit), descriptorOf(other)],
    segments: [segment({ blocks: 1024 }), segment({ blocks: 4 })],
    header: { immediate },
  });
  store.holding.add("write");
  const task = new FakeTask(device.nexus, 1, outCdb(1, list.length), { dataOut: list });
  task.running = true;
  begin(task);
  task.data = list;
  task.dataLast = true;
  const running = proceed(task);
  await settle();
  if (immediate) {
    await running;
    finish(task);
    list.fill(0xdd);
  }
  return { device, store, task, running };
}

Deno.test("ABORT TASK SET ends a copy in the foreground between two pieces", async () => {
  const { device, store, task, running } = await held();
  const waiter = { pending: 0, settled: () => {} };
  manage(taskManagementFunction.abortTaskSet, device.nexus, 1, waiter, []);
  assertEquals(waiter.pending, 1);
  await store.release();
  await running;
  assertEquals(store.calls.filter((call) => call.startsWith("write")), ["write 0 262144"]);
  task.settle();
  assertEquals(waiter.pending, 0);
  const { data } = await device.ask(inCdb(0x05, 7), 1);
  assertEquals(data[5], 0x60);
});

Deno.test("COPY OPERATION ABORT ends a copy, whose command fails, and answers when nothing more is written", async () => {
  const { device, store, task, running } = await held();
  let answered = false;
  const abort = device.ask(abortCdb(7), 1).then((result) => {
    answered = true;
    return result;
  });
  await settle();
  assertEquals(answered, false);
  await store.release();
  assertEquals((await abort).status, 0);
  await running;
  assertEquals([task.status, task.sense?.[2]], [2, 0x0a]);
  assertEquals(store.calls.filter((call) => call.startsWith("write")).length, 1);
  finish(task);
  assertEquals((await device.ask(abortCdb(7), 1)).reason, "5/24/00");
  assertEquals((await device.ask(abortCdb(8), 1)).reason, "5/24/00");
});

Deno.test("EXTENDED COPY with IMMED goes on behind its command, whatever becomes of the data", async () => {
  const { device, store, task } = await held(true);
  assertEquals(task.status, 0);
  assertEquals((await device.ask(inCdb(0x05, 7), 1)).data[5], 0x12);
  // The list identifier is taken.
  assertEquals((await longCopy(device, { immediate: true }, toAsked())).reason, "5/00/16");
  await store.release();
  assertEquals((await device.ask(inCdb(0x05, 7), 1)).data[5], 0x01);
  assertEquals([store.bytes(0, 1)[0], store.bytes(1024 * 512 - 1, 1)[0]], [1, 1]);
});

Deno.test("a copy in the background ends with its nexus, and with a reset", async (t) => {
  const rows = [
    {
      name: "nexus",
      end: ({ other, nexus }: { other: CopyDevice["unit"]; nexus: CopyDevice["nexus"] }) => other.nexusLost(nexus),
    },
    { name: "reset", end: ({ other }: { other: CopyDevice["unit"] }) => other.reset(sense.busDeviceReset) },
  ];
  for (const { name, end } of rows) {
    await t.step(name, async () => {
      const { device, store } = await held(true);
      const other = device.luns.at(1) as CopyDevice["unit"];
      end({ other, nexus: device.nexus });
      await store.release();
      assertEquals(store.calls.filter((call) => call.startsWith("write")).length, 1);
      assertEquals(other.copies.running, 0);
      assertEquals(other.copies.find(device.nexus, 7), undefined);
    });
  }
});

Deno.test("a copy stays behind when its destination is sanitized", async () => {
  const { device, store } = await held(true);
  const sanitize = device.ask([0x48, 0x82, 0, 0, 0, 0, 0, 0, 0, 0], 1);
  await settle();
  await store.release();
  assertEquals((await sanitize).status, 0);
  await settle();
  assertEquals(store.calls.filter((call) => call.startsWith("write")).length, 1);
  assertEquals((await device.ask(inCdb(0x05, 7), 1)).data[5], 0x02);
});

Deno.test("a piece of a copy is not written in the middle of COMPARE AND WRITE, nor that in the middle of a piece", async () => {
  const { device, store } = await held(true);
  const cdb = [...compareAndWriteCdb.encode({ opcode: 0x89, lba: 8, blocks: 1 })];
  const expectation = new Uint8Array(1024).fill(1, 0, 512).fill(9, 512);
  const compared = device.give(cdb, expectation, 1);
  await settle();
  assertEquals(store.calls.filter((call) => call.startsWith("read")), []);
  await store.release();
  assertEquals((await compared).status, 0);
  assertEquals(store.bytes(8 * 512, 1)[0], 9);
});
