import { assertEquals } from "@std/assert";
import { selfTestCode, selfTestOutcome } from "../../lib/scsi/self_test.ts";
import { ArrayStore, FakeStoreError } from "../support/array_store.ts";
import { FakeDevice } from "../support/fake_task.ts";

const never = (): boolean => false;

Deno.test("SelfTests.run() reads samples from the first block to the last, or everything", async () => {
  const device = new FakeDevice({ store: new ArrayStore(0x10_0000) });
  const short = await device.unit.selfTests.run(selfTestCode.foregroundShort, never);
  assertEquals(short.outcome, selfTestOutcome.good);
  const calls = device.store.calls.splice(0);
  assertEquals([calls.length, calls[0], calls.at(-1)], [64, "read 0 512", `read ${0x10_0000 - 512} 512`]);
  const extended = await device.unit.selfTests.run(selfTestCode.foregroundExtended, never);
  assertEquals(extended.outcome, selfTestOutcome.good);
  assertEquals(device.store.calls, [0, 1, 2, 3].map((i) => `read ${i * 0x4_0000} ${0x4_0000}`));
  assertEquals(device.unit.selfTests.progress, 1);
});

Deno.test("SelfTests.run() reads what is left behind the last whole piece", async () => {
  const device = new FakeDevice({ store: new ArrayStore(0x4_0000 + 1024) });
  await device.unit.selfTests.run(selfTestCode.foregroundExtended, never);
  assertEquals(device.store.calls, [`read 0 ${0x4_0000}`, `read ${0x4_0000} 1024`]);
});

Deno.test("SelfTests.run() reads the only block of the smallest medium", async () => {
  const device = new FakeDevice({ store: new ArrayStore(512) });
  assertEquals((await device.unit.selfTests.run(selfTestCode.foregroundShort, never)).outcome, selfTestOutcome.good);
  assertEquals(device.store.calls, ["read 0 512"]);
});

Deno.test("SelfTests.run() remembers the block that cannot be read", async () => {
  const device = new FakeDevice({ store: new ArrayStore(0x10_0000) });
  device.store.before = () => {
    device.store.failure = device.store.calls.length === 3 ? new FakeStoreError("medium") : undefined;
  };
  const { outcome, failedBlock, sense } = await device.unit.selfTests.run(selfTestCode.foregroundExtended, never);
  assertEquals([outcome, failedBlock, sense?.key], [selfTestOutcome.failed, 1024, 3]);
});

Deno.test("SelfTests.run() ends when it is told to, or aborted", async () => {
  const device = new FakeDevice();
  const { selfTests } = device.unit;
  assertEquals(
    (await selfTests.run(selfTestCode.foregroundShort, () => true)).outcome,
    selfTestOutcome.abortedOtherwise,
  );
  assertEquals(selfTests.abort(), false);
  const running = selfTests.run(selfTestCode.backgroundExtended, never);
  assertEquals([selfTests.running, selfTests.abort(), selfTests.running], [true, true, false]);
  assertEquals((await running).outcome, selfTestOutcome.abortedByCommand);
});

Deno.test("SelfTests keep the latest 20 results, the latest first", async () => {
  const { unit } = new FakeDevice();
  for (let i = 0; i < 25; i++) await unit.selfTests.run(i < 24 ? 5 : 6, never);
  assertEquals(unit.selfTests.results.map(({ code }) => code), [6, ...new Array(19).fill(5)]);
});
