import { assertEquals } from "@std/assert";
import { CommandNotes } from "../../lib/scsi/notes.ts";
import { exclusively, RangeLock } from "../../lib/scsi/range_lock.ts";
import { TaskSet } from "../../lib/scsi/task_set.ts";
import { HeldStore, settle } from "../support/held_store.ts";
import { FakeDevice, sendTo } from "../support/fake_task.ts";
import { FakeTask } from "../support/fake_task.ts";

function range(at: number, length: number): CommandNotes {
  const notes = new CommandNotes();
  notes.at = at;
  notes.length = length;
  return notes;
}

/** Whether a wait is over. */
async function over(waiting: Promise<void> | undefined): Promise<boolean> {
  let done = waiting === undefined;
  waiting?.then(() => done = true);
  await settle();
  return done;
}

Deno.test("RangeLock.lock() lets one command in at a time, where ranges overlap", async () => {
  const lock = new RangeLock(new TaskSet());
  const first = range(0, 1024);
  const second = range(512, 1024);
  const elsewhere = range(4096, 512);
  assertEquals(lock.lock(first), undefined);
  const waiting = lock.lock(second);
  assertEquals([await over(waiting), lock.lock(elsewhere), lock.exclusive], [false, undefined, 3]);
  lock.unlock(first);
  assertEquals([await over(waiting), lock.exclusive], [true, 2]);
  lock.unlock(second);
  lock.unlock(elsewhere);
  assertEquals(lock.exclusive, 0);
});

Deno.test("RangeLock.enter() keeps others out of a locked range, and they go on in their order", async () => {
  const lock = new RangeLock(new TaskSet());
  const first = range(0, 1024);
  const reader = range(0, 512);
  const second = range(512, 512);
  lock.lock(first);
  const entering = lock.enter(reader);
  const locking = lock.lock(second);
  // It came after `second`, and waits for it as well.
  const late = lock.enter(range(256, 512));
  assertEquals(lock.enter(range(1024, 512)), undefined);
  assertEquals([await over(entering), await over(locking), await over(late)], [false, false, false]);
  lock.unlock(first);
  assertEquals([await over(entering), await over(locking), await over(late)], [true, true, false]);
  lock.unlock(second);
  assertEquals(await over(late), true);
});

Deno.test("RangeLock.lock() waits for commands that run, but not for those that wait for data", async () => {
  const tasks = new TaskSet();
  const lock = new RangeLock(tasks);
  const task = new FakeTask(new FakeDevice().nexus, 0, [0]);
  const running = range(0, 1024);
  task.scsi = running;
  tasks.add(task);
  const idle = range(512, 512);
  assertEquals(lock.lock(idle), undefined);
  lock.unlock(idle);
  running.running = true;
  const waiting = lock.lock(range(512, 512));
  assertEquals([await over(waiting), lock.lock(range(2048, 512))], [false, undefined]);
  running.running = false;
  lock.advance();
  assertEquals(await over(waiting), true);
});

Deno.test("exclusively() unlocks when it fails, and does nothing for a command that was aborted meanwhile", async () => {
  const lock = new RangeLock(new TaskSet());
  const failing = exclusively(lock, range(0, 512), { aborted: false }, () => {
    throw new Error("no");
  });
  const message = await failing.catch((error: Error) => error.message);
  const holder = range(0, 512);
  lock.lock(holder);
  const task = { aborted: false };
  let acted = false;
  const waiting = exclusively(lock, range(0, 512), task, () => void (acted = true));
  task.aborted = true;
  lock.unlock(holder);
  await waiting;
  assertEquals([message, acted, lock.exclusive], ["no", false, 0]);
});

const compareAndWrite = [0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];

Deno.test("COMPARE AND WRITE is not interrupted: of two that expect the same, one finds the other's block", async () => {
  const store = new HeldStore(0x1_0000);
  const device = new FakeDevice({ store });
  const zeros = new Uint8Array(512);
  const send = (value: number) => {
    const dataOut = new Uint8Array(1024);
    dataOut.set(zeros);
    dataOut.fill(value, 512);
    return device.send(compareAndWrite, { dataOut });
  };
  store.holding.add("read").add("write");
  const results = [send(1), send(2), send(3)];
  await settle();
  assertEquals(store.waiting, 1);
  await store.release();
  const outcomes = await Promise.all(results);
  assertEquals(outcomes.map(({ reason }) => reason), ["", "e/1d/00", "e/1d/00"]);
  assertEquals(store.bytes(0, 512), zeros.fill(1));
});

Deno.test("COMPARE AND WRITE waits for a WRITE that runs, and a READ for it", async () => {
  const store = new HeldStore(0x1_0000);
  const device = new FakeDevice({ store });
  store.holding.add("write");
  const write = device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 2, 0], { dataOut: new Uint8Array(1024).fill(7) });
  await settle();
  const expected = new Uint8Array(1024).fill(7, 0, 512).fill(8, 512);
  const compare = device.send(compareAndWrite, { dataOut: expected });
  const read = device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  const beside = await device.send([0x28, 0, 0, 0, 0, 64, 0, 0, 1, 0]);
  assertEquals([beside.status, store.calls], [0, ["write 0 1024", "read 32768 512"]]);
  await store.release();
  assertEquals([(await write).status, (await compare).reason, (await read).data[0]], [0, "", 8]);
  assertEquals(store.calls.slice(2), ["read 0 512", "write 0 512", "read 0 512"]);
});

Deno.test("a command that waits for another's range is let go when it is aborted", async () => {
  const store = new HeldStore(0x1_0000);
  const device = new FakeDevice({ store });
  store.holding.add("read");
  const compare = device.send(compareAndWrite, { dataOut: new Uint8Array(1024) });
  await settle();
  const task = new FakeTask(device.nexus, 0, [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  const read = sendTo(task);
  await settle();
  task.aborted = true;
  await store.release();
  assertEquals([(await compare).status, (await read).data.length], [0, 0]);
  assertEquals([device.unit.ranges.exclusive, device.unit.tasks.size], [0, 0]);
});
