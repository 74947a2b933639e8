import { assertEquals } from "@std/assert";
import { begin, finish } from "../../lib/scsi/dispatch.ts";
import { type AbortWaiter, taskAttribute } from "../../lib/scsi/task.ts";
import { FakeDevice, FakeTask } from "../support/fake_task.ts";

const write = [0x2a, 0, 0, 0, 0, 0, 0, 0, 1];

/** Writes that wait for their data. */
function waiting(device: FakeDevice, count: number, nexus = device.nexus): FakeTask[] {
  return Array.from({ length: count }, () => {
    const task = new FakeTask(nexus, 0, write, { dataOut: new Uint8Array(512) });
    begin(task);
    return task;
  });
}

function countingWaiter(): AbortWaiter & { calls: number } {
  return {
    pending: 0,
    calls: 0,
    settled(): void {
      this.calls++;
    },
  };
}

Deno.test("TaskSet stays dense in whatever order tasks leave", () => {
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
    const device = new FakeDevice();
    const tasks = waiting(device, 4);
    for (const [gone, index] of order.entries()) {
      finish(tasks[index] as FakeTask);
      assertEquals(device.unit.tasks.size, 3 - gone);
      const places = tasks.map((task) => task.scsi?.index ?? -1).filter((place) => place >= 0).sort();
      assertEquals(places, [0, 1, 2].slice(0, 3 - gone));
    }
  }
});

Deno.test("TaskSet.abort() ends the tasks of one nexus, or of all, though they leave under way", () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  const mine = waiting(device, 3);
  const theirs = waiting(device, 3, other);
  const waiter = countingWaiter();
  assertEquals([...device.unit.tasks.abort(waiter, device.nexus)], [device.nexus]);
  assertEquals(mine.map(({ aborted }) => aborted), [true, true, true]);
  assertEquals(theirs.map(({ aborted }) => aborted), [false, false, false]);
  assertEquals(device.unit.tasks.size, 3);
  assertEquals([...device.unit.tasks.abort(waiter)], [other]);
  assertEquals([device.unit.tasks.size, waiter.pending], [0, 0]);
});

Deno.test("TaskSet.abort() lets everyone wait for a task that still runs", () => {
  const device = new FakeDevice();
  const [first, second] = waiting(device, 2) as [FakeTask, FakeTask];
  first.running = true;
  const waiter = countingWaiter();
  const late = countingWaiter();
  assertEquals(device.unit.tasks.abort(waiter).size, 1);
  assertEquals(device.unit.tasks.abort(late).size, 0);
  assertEquals([waiter.pending, late.pending, second.aborted], [1, 1, true]);
  first.settle();
  assertEquals([waiter.pending, waiter.calls, late.calls, device.unit.tasks.size], [0, 1, 1, 0]);
});

const { simple, ordered, headOfQueue } = taskAttribute;

/** Writes with these attributes, which all wait for their data. */
function withAttributes(device: FakeDevice, attributes: readonly number[]): FakeTask[] {
  return attributes.map((attribute) => {
    const task = new FakeTask(device.nexus, 0, write, { dataOut: new Uint8Array(512), attribute });
    begin(task);
    return task;
  });
}

Deno.test("TaskSet.turn() lets tasks start as SAM-6 says", () => {
  const rows = [
    { name: "SIMPLE ones at once", attributes: [simple, simple], free: [true, true] },
    { name: "ORDERED alone", attributes: [ordered], free: [true] },
    { name: "ORDERED after all older ones", attributes: [simple, ordered], free: [true, false] },
    { name: "ORDERED after ORDERED", attributes: [ordered, ordered], free: [true, false] },
    { name: "SIMPLE after older ORDERED", attributes: [ordered, simple], free: [true, false] },
    { name: "HEAD OF QUEUE at once", attributes: [simple, ordered, headOfQueue], free: [false, false, true] },
    { name: "all after HEAD OF QUEUE", attributes: [headOfQueue, simple, ordered], free: [true, false, false] },
    { name: "HEAD OF QUEUE beside its like", attributes: [headOfQueue, headOfQueue], free: [true, true] },
  ];
  for (const { name, attributes, free } of rows) {
    const device = new FakeDevice();
    const tasks = withAttributes(device, attributes);
    assertEquals(tasks.map((task) => device.unit.tasks.turn(task) === undefined), free, name);
  }
});

Deno.test("TaskSet.turn() waits for data of the own nexus, and not for that of another", () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  const [first] = withAttributes(device, [ordered]) as [FakeTask];
  const [own, foreign] = [device.nexus, other].map((nexus) => {
    const task = new FakeTask(nexus, 0, write, { dataOut: new Uint8Array(512) });
    begin(task);
    return task;
  }) as [FakeTask, FakeTask];
  assertEquals([own, foreign].map((task) => device.unit.tasks.turn(task) === undefined), [false, true]);
  if (first.scsi !== undefined) first.scsi.expectant = false;
  assertEquals(device.unit.tasks.turn(foreign) === undefined, false);
});

Deno.test("TaskSet.turn() settles when those before have gone, in the order of SAM-6", async () => {
  const device = new FakeDevice();
  const tasks = withAttributes(device, [simple, ordered, simple, simple, ordered, simple]);
  const started: number[] = [];
  tasks.forEach((task, index) => device.unit.tasks.turn(task)?.then(() => started.push(index)));
  for (const expected of [[1], [1, 2, 3], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5]]) {
    finish(tasks.shift() as FakeTask);
    await Promise.resolve();
    assertEquals(started, expected);
  }
  finish(tasks.shift() as FakeTask);
  assertEquals([device.unit.tasks.size, device.unit.tasks.ranked], [0, 0]);
});

Deno.test("TaskSet.turn() settles at once for a task that is aborted, and forgets one that is gone", async () => {
  const device = new FakeDevice();
  const [first, second, third] = withAttributes(device, [simple, ordered, ordered]) as [FakeTask, FakeTask, FakeTask];
  second.running = true;
  let ended = 0;
  device.unit.tasks.turn(second)?.then(() => ended++);
  device.unit.tasks.turn(third)?.then(() => ended++);
  second.abort(countingWaiter());
  await Promise.resolve();
  assertEquals(ended, 1);
  finish(third);
  finish(first);
  await Promise.resolve();
  assertEquals(ended, 1);
  second.settle();
  assertEquals([device.unit.tasks.size, device.unit.tasks.ranked], [0, 0]);
});

Deno.test("TaskSet.turn() does not hold up a command that has begun to take data", () => {
  const device = new FakeDevice();
  const [task] = withAttributes(device, [simple, headOfQueue]) as [FakeTask];
  task.dataOffset = 512;
  assertEquals(device.unit.tasks.turn(task), undefined);
});
