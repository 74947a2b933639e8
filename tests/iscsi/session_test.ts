import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { gather } from "../../lib/iscsi/data_out.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { dataOut } from "../../lib/iscsi/pdu/data_out.ts";
import { r2t } from "../../lib/iscsi/pdu/r2t.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { phase } from "../../lib/iscsi/task.ts";
import { Core } from "../support/core.ts";

Deno.test("nextTask() gives tasks in the order in which they came", () => {
  const core = new Core();
  core.send(scsiCommand, { initiatorTaskTag: 1 });
  core.send(scsiCommand, { initiatorTaskTag: 2 });
  assertEquals([core.next().initiatorTaskTag, core.next().initiatorTaskTag], [1, 2]);
  assertEquals(core.session.nextTask(), undefined);
});

Deno.test("complete() sends the status and lends the object again", () => {
  const core = new Core();
  const task = core.command();
  assertEquals(core.session.tasks.size, 1);
  core.session.complete(task);
  assertEquals(core.flush().expect(scsiResponse).status, 0);
  assertEquals(core.session.tasks.size, 0);
  assertStrictEquals(core.command(), task);
});

Deno.test("complete() says nothing of a task that was aborted, and tells whoever waits for its end", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 512 });
  const window = task.window(512);
  assert(window !== undefined);
  let settled = 0;
  const waiter = { pending: 0, settled: () => settled++ };
  task.abort(waiter);
  assertEquals([waiter.pending, settled], [1, 0]);
  core.session.complete(task);
  assertEquals([waiter.pending, settled], [0, 1]);
  core.flush().expectNothing();
  assertEquals(core.end(), 0);
});

Deno.test("complete() keeps the status back until all data that was asked for has come", () => {
  const core = new Core();
  const task = core.command({ write: true, expectedDataTransferLength: 1024 });
  task.transferLength = 1024;
  gather(task, false);
  const { targetTransferTag } = core.flush().expect(r2t);
  task.phase = phase.running;
  task.status = 2;
  core.session.complete(task);
  core.flush().expectNothing();
  const { initiatorTaskTag } = task;
  core.send(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(1024));
  assertEquals(core.flush().expect(scsiResponse).status, 2);
  assertEquals(core.end(), 0);
});

Deno.test("complete() shows in the response the place that the task leaves in the window", () => {
  const core = new Core({ queueDepth: 2 });
  const task = core.command();
  assertEquals(core.session.window.maxCmdSn, 2);
  core.session.complete(task);
  assertEquals(core.flush().expect(scsiResponse).maxCmdSn, 3);
});

Deno.test("starve() lets a task wait for a buffer until another one has ended, when memory is short", () => {
  const core = new Core({ limit: 0 });
  const write = { write: true, expectedDataTransferLength: 512 };
  const [one, two] = [core.command(write), core.command(write)];
  for (const task of [one, two]) {
    task.transferLength = 512;
    gather(task, false);
  }
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  assertEquals(initiatorTaskTag, one.initiatorTaskTag);
  core.initiator.expectNothing();
  core.send(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(512));
  core.session.complete(core.next());
  core.flush().expect(scsiResponse);
  assertEquals(core.initiator.expect(r2t).initiatorTaskTag, two.initiatorTaskTag);
  assertEquals(core.end(), 0);
});

Deno.test("takeTask() lends no more than 32 tasks to immediate requests, beside those of the window", () => {
  const core = new Core({ queueDepth: 1 });
  const take = (tag: number, immediate: boolean) => core.session.takeTask(tag, immediate, core.connection);
  const tasks = Array.from({ length: 32 }, (_, i) => take(i, true));
  assert(tasks.every((task) => task !== undefined));
  assertEquals(take(100, true), undefined);
  assert(take(101, false) !== undefined);
  core.session.release(tasks[0] as NonNullable<typeof tasks[0]>);
  assert(take(102, true) !== undefined);
});

Deno.test("transferTag() finds its task and differs from use to use", () => {
  const core = new Core();
  const first = core.command();
  const tag = core.session.transferTag(first);
  assertStrictEquals(core.session.tasks.at(tag >>> 4 & 0xfff), first);
  core.session.complete(first);
  const second = core.command();
  assertStrictEquals(second, first);
  assert(core.session.transferTag(second) !== tag);
});

Deno.test("leave() ends the session with its last connection, and the tasks silently", () => {
  const core = new Core();
  core.command({ write: true, expectedDataTransferLength: 512 }, new Uint8Array(512));
  core.command({ read: true, expectedDataTransferLength: 512 });
  core.send(scsiCommand);
  core.connection.close();
  assertEquals([core.session.closed, core.session.connections.size], [true, 0]);
  const dropped = core.next();
  assertEquals(dropped.phase, phase.dropped);
  core.session.release(dropped);
  assertEquals(core.session.nextTask(), undefined);
  assertEquals(core.session.tasks.size, 2);
});

Deno.test("leave() gives back what requests that came too early have brought", () => {
  const core = new Core();
  const values = { cmdSn: 3, write: true, expectedDataTransferLength: 512 };
  core.send(scsiCommand, values, new Uint8Array(512));
  assertEquals(core.session.window.held, 1);
  assert(core.session.bursts.lent > 0);
  assertEquals(core.end(), 0);
});

Deno.test("a task object in the queue twice is run once when it was dropped while it waited", () => {
  const core = new Core();
  core.send(scsiCommand, { initiatorTaskTag: 1 });
  core.session.abortTasks();
  const dropped = core.next();
  assertEquals(dropped.phase, phase.dropped);
  core.session.release(dropped);
  const again = core.command({ initiatorTaskTag: 2, read: true, expectedDataTransferLength: 512 });
  assertStrictEquals(again, dropped);
  assertEquals(core.session.nextTask(), undefined);
  (again.window(512) as Uint8Array).fill(1);
  again.transferLength = 512;
  core.session.complete(again);
  assertEquals(core.flush().expect(dataIn).initiatorTaskTag, 2);
});
