import { assertEquals, assertRejects } from "@std/assert";
import { controlPage, modePageIndex, pageControl } from "../../lib/scsi/mode_pages.ts";
import type { LogicalUnit } from "../../lib/scsi/logical_unit.ts";
import type { MemoryValue } from "../../lib/scsi/unit_memory.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeMemory } from "../support/fake_memory.ts";
import { FakeDevice } from "../support/fake_task.ts";

const control = modePageIndex(0x0a);

function states({ modePages }: LogicalUnit): boolean[] {
  return [modePages.writeCache, modePages.descriptorSense, modePages.softwareWriteProtect];
}

function changed(unit: LogicalUnit): { index: number; values: Uint8Array } {
  const values = unit.modePages.values(control, pageControl.current).slice();
  controlPage.encode({ descriptorSense: true, softwareWriteProtect: true }, values);
  return { index: control, values };
}

Deno.test("ModePages keeps what is set until reset()", () => {
  const { unit } = new FakeDevice();
  const change = changed(unit);
  assertEquals([unit.modePages.set(change), unit.modePages.set(change)], [true, false]);
  assertEquals(unit.modePages.values(control, pageControl.current), change.values);
  assertEquals(unit.modePages.values(control, pageControl.default)[2], 2);
  assertEquals(states(unit), [true, true, true]);
  unit.modePages.reset();
  assertEquals(states(unit), [true, false, false]);
});

Deno.test("ModePages.save() brings values back after reset() and for the next unit with that memory", async () => {
  const memory = new FakeMemory();
  const { unit } = new FakeDevice({ memory });
  await unit.modePages.save([changed(unit)]);
  assertEquals(states(unit), [true, false, false]);
  unit.modePages.reset();
  assertEquals(states(unit), [true, true, true]);
  assertEquals(memory.fields.get("modePages"), { "0a": "0a0a06100800000000000000" });
  assertEquals(states(new FakeDevice({ memory }).unit), [true, true, true]);
});

Deno.test("ModePages.save() forgets what is as by default", async () => {
  const memory = new FakeMemory();
  const { unit } = new FakeDevice({ memory });
  const defaults = { index: control, values: unit.modePages.values(control, pageControl.default) };
  await unit.modePages.save([changed(unit)]);
  await unit.modePages.save([defaults]);
  assertEquals(memory.fields.has("modePages"), false);
});

Deno.test("ModePages.save() changes no saved value when the memory fails", async () => {
  const memory = new FakeMemory();
  memory.failure = new Error("full");
  const { unit } = new FakeDevice({ memory });
  await assertRejects(() => unit.modePages.save([changed(unit)]), Error, "full");
  assertEquals(unit.modePages.values(control, pageControl.saved)[4], 0);
});

Deno.test("ModePages takes only what can be changed from a memory", async (t) => {
  const rows: [string, MemoryValue, boolean[]][] = [
    ["nothing", null, [true, false, false]],
    ["a list", ["0a0a06"], [true, false, false]],
    ["no text", { "0a": 7 }, [true, false, false]],
    ["no hex", { "0a": "0a0a06zz0800000000000000" }, [true, false, false]],
    ["a wrong length", { "0a": "0a0a06" }, [true, false, false]],
    ["an unknown page", { "3e": "3e00" }, [true, false, false]],
    ["all ones", { "0a": "ff".repeat(12) }, [true, true, true]],
    ["a disabled cache", { "08": `0812${"00".repeat(18)}` }, [false, false, false]],
  ];
  for (const [name, modePages, expected] of rows) {
    await t.step(name, () => {
      const { unit } = new FakeDevice({ memory: new FakeMemory({ modePages }) });
      assertEquals(states(unit), expected);
      const [first, , second] = unit.modePages.values(control, pageControl.current);
      assertEquals([first, (second as number) & ~4], [0x0a, 2]);
    });
  }
});

Deno.test("ModePages cannot enable a cache that is not there", () => {
  const store = new ArrayStore(4096, { volatileCache: false });
  const { unit } = new FakeDevice({ store, memory: new FakeMemory({ modePages: { "08": `0812${"ff".repeat(18)}` } }) });
  assertEquals(unit.modePages.writeCache, false);
});
