import { assertEquals } from "@std/assert";
import { begin } from "../../lib/scsi/dispatch.ts";
import { LogicalUnit } from "../../lib/scsi/logical_unit.ts";
import type { Nexus } from "../../lib/scsi/nexus.ts";
import {
  manage,
  taskManagementFunction as functions,
  taskManagementResponse as responses,
} from "../../lib/scsi/task_management.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice, fakeIdentity, FakeTask, sendTo } from "../support/fake_task.ts";

const testUnitReady = [0x00];

function waiter(): { pending: number; settled(): void } {
  return { pending: 0, settled() {} };
}

function write(nexus: Nexus, lun = 0): FakeTask {
  const task = new FakeTask(nexus, lun, [0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  begin(task);
  return task;
}

/** Two initiators, a task of each on LUN 0, and one on a second unit. */
function scene() {
  const device = new FakeDevice({ removable: true });
  const second = new LogicalUnit({ store: new ArrayStore(4096), identity: { ...fakeIdentity, serial: "2" } });
  device.luns.units.set(1, second);
  const a = device.login("iqn.2026-01.test:x");
  const b = device.login("iqn.2026-01.test:b");
  const tasks = [write(a), write(b), write(a, 1)];
  const attention = async (nexus: Nexus, lun: number) => (await sendTo(new FakeTask(nexus, lun, testUnitReady))).reason;
  const aborted = () => tasks.map((task) => task.aborted);
  return { device, second, a, b, attention, aborted, units: [device.unit, second] };
}

Deno.test("manage() aborts and tells what each function says", async (t) => {
  const rows: readonly { name: keyof typeof functions; aborted: boolean[]; heard: string[] }[] = [
    { name: "abortTaskSet", aborted: [true, false, false], heard: ["", "", ""] },
    { name: "clearTaskSet", aborted: [true, true, false], heard: ["", "6/2f/00", ""] },
    { name: "logicalUnitReset", aborted: [true, true, false], heard: ["6/29/03", "6/29/03", ""] },
    { name: "targetWarmReset", aborted: [true, true, true], heard: ["6/29/02", "6/29/02", "6/29/02"] },
    { name: "targetColdReset", aborted: [true, true, true], heard: ["6/29/02", "6/29/02", "6/29/02"] },
  ];
  for (const row of rows) {
    await t.step(row.name, async () => {
      const { a, b, units, aborted, attention } = scene();
      assertEquals(manage(functions[row.name], a, 0, waiter(), units), responses.functionComplete);
      assertEquals(aborted(), row.aborted);
      assertEquals([await attention(a, 0), await attention(b, 0), await attention(a, 1)], row.heard);
      assertEquals([await attention(a, 0), await attention(b, 0), await attention(a, 1)], ["", "", ""]);
    });
  }
});

Deno.test("manage() tells nobody of a cleared task set who had no task in it", async () => {
  const { device, a, units, attention } = scene();
  const idle = device.login("iqn.2026-01.test:idle");
  manage(functions.clearTaskSet, a, 0, waiter(), units);
  assertEquals(await attention(idle, 0), "");
});

Deno.test("manage() lets the medium go on each kind of reset", async () => {
  for (const name of ["logicalUnitReset", "targetWarmReset", "targetColdReset"] as const) {
    const { device, a, units } = scene();
    await device.send([0x1e, 0, 0, 0, 1], {}, a);
    assertEquals(device.unit.removalPrevented, true);
    manage(functions[name], a, 0, waiter(), units);
    assertEquals(device.unit.removalPrevented, false);
  }
});

Deno.test("manage() refuses what it cannot do", () => {
  const { a, units } = scene();
  assertEquals(manage(functions.abortTaskSet, a, 7, waiter(), units), responses.lunDoesNotExist);
  assertEquals(manage(functions.logicalUnitReset, a, -1, waiter(), units), responses.lunDoesNotExist);
  assertEquals(manage(functions.clearAca, a, 0, waiter(), units), responses.notSupported);
  assertEquals(manage(99, a, 0, waiter(), units), responses.notSupported);
});
