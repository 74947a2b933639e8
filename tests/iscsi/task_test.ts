import { assert, assertEquals } from "@std/assert";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { phase } from "../../lib/iscsi/task.ts";
import { Core } from "../support/core.ts";

/** Counts like someone who aborts tasks. */
function waiter() {
  return {
    pending: 0,
    ended: 0,
    settled(): void {
      this.ended++;
    },
  };
}

Deno.test("abort() counts a running task until it is let go of", () => {
  const core = new Core();
  const task = core.command();
  const one = waiter();
  task.abort(one);
  assertEquals([task.aborted, task.phase, one.pending, one.ended], [true, phase.running, 1, 0]);
  core.session.release(task);
  assertEquals([task.aborted, task.phase, one.pending, one.ended], [false, phase.free, 0, 1]);
});

Deno.test("abort() lets everyone wait who aborts the same task", () => {
  const core = new Core();
  const task = core.command();
  const [one, two] = [waiter(), waiter()];
  task.abort(one);
  task.abort(two);
  assertEquals([one.pending, two.pending], [1, 1]);
  core.session.release(task);
  assertEquals([one.pending, one.ended, two.pending, two.ended], [0, 1, 0, 1]);
});

Deno.test("abort() does nothing to a task that is free", () => {
  const core = new Core();
  const task = core.command();
  core.session.complete(task);
  const one = waiter();
  task.abort(one);
  assertEquals([task.aborted, one.pending], [false, 0]);
});

Deno.test("respond() cuts a short answer to what is expected and counts the whole", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 5 });
  task.respond(Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
  core.session.complete(task);
  const { data, overflow, residualCount, hasStatus } = core.flush().expect(dataIn);
  assertEquals(data, Uint8Array.of(1, 2, 3, 4, 5));
  assertEquals([overflow, residualCount, hasStatus], [true, 2, true]);
});

Deno.test("respond() cuts its answer at what the initiator takes in a segment", () => {
  const core = new Core({ connection: { initiatorMaxRecvDataSegmentLength: 512 } });
  const task = core.command({ read: true, expectedDataTransferLength: 4096 });
  task.respond(new Uint8Array(1100).fill(7));
  core.session.complete(task);
  const initiator = core.flush();
  assertEquals([512, 512, 76].map(() => initiator.expect(dataIn).data.length), [512, 512, 76]);
  initiator.expectNothing();
});

Deno.test("flushWindow() sends what was filled and opens nothing", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 1024 });
  task.transferLength = 1024;
  (task.window(512) as Uint8Array).fill(1);
  task.flushWindow();
  task.flushWindow();
  assertEquals(core.flush().expect(dataIn).data.length, 512);
  core.initiator.expectNothing();
  assert(!task.frame.open);
});

Deno.test("reset() leaves nothing of the use before when an object is used again", () => {
  const core = new Core();
  const task = core.command({ write: true, expectedDataTransferLength: 512 }, new Uint8Array(512));
  Object.assign(task, { status: 2, sense: new Uint8Array(18), transferLength: 99, dataLast: true, dataOffset: 7 });
  core.session.complete(task);
  assertEquals([task.status, task.sense, task.transferLength, task.bursts.length], [0, undefined, 0, 0]);
  assertEquals([task.dataLast, task.dataOffset, task.data.length, task.phase], [false, 0, 0, phase.free]);
});
