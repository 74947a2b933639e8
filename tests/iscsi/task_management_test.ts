import { assert, assertEquals } from "@std/assert";
import { rejectReason, RESERVED_TAG, taskManagementFunction as fn } from "../../lib/iscsi/constants.ts";
import { gather } from "../../lib/iscsi/data_out.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/task_management.ts";
import { finishManagement, manageTask } from "../../lib/iscsi/task_management.ts";
import { phase } from "../../lib/iscsi/task.ts";
import { Core } from "../support/core.ts";

/** Asks to abort a task, and carries that out as far as it goes. */
function abort(core: Core, referencedTaskTag: number, refCmdSn = 0): void {
  core.send(taskManagementRequest, { function: fn.abortTask, immediate: true, referencedTaskTag, refCmdSn });
  assert(manageTask(core.next()));
}

const functions: readonly [name: keyof typeof fn, response: number | undefined][] = [
  ["abortTask", 1],
  ["abortTaskSet", undefined],
  ["clearAca", 5],
  ["clearTaskSet", undefined],
  ["logicalUnitReset", undefined],
  ["targetWarmReset", undefined],
  ["targetColdReset", undefined],
  ["taskReassign", 4],
  ["queryTask", 5],
  ["queryTaskSet", 5],
  ["itNexusReset", 5],
  ["queryAsynchronousEvent", 5],
];

for (const [name, response] of functions) {
  Deno.test(`manageTask() ${response === undefined ? "leaves" : "answers"} ${name} when it comes`, () => {
    const core = new Core();
    core.send(taskManagementRequest, { function: fn[name], immediate: true });
    const task = core.next();
    assertEquals(manageTask(task), response !== undefined);
    if (response === undefined) finishManagement(task, response ?? 0);
    assertEquals(core.flush().expect(taskManagementResponse).response, response ?? 0);
    assertEquals(core.session.tasks.size, 0);
  });
}

Deno.test("receive() takes what the request says", () => {
  const core = new Core();
  core.send(taskManagementRequest, {
    function: fn.logicalUnitReset,
    lun: Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 0),
    referencedTaskTag: 5,
    refCmdSn: 6,
    cmdSn: 1,
    initiatorTaskTag: 7,
  });
  const { managementFunction, lun, referencedTaskTag, refCmdSn, cmdSn, initiatorTaskTag } = core.next();
  assertEquals([managementFunction, lun, referencedTaskTag, refCmdSn, cmdSn, initiatorTaskTag], [5, 3, 5, 6, 1, 7]);
  assertEquals(core.session.window.expCmdSn, 2);
});

const refused: readonly [what: string, core: () => Core, values: Record<string, unknown>, reason: number][] = [
  ["its tag is reserved", () => new Core(), { initiatorTaskTag: RESERVED_TAG }, rejectReason.protocolError],
  ["the session is for discovery", () => new Core({ type: "Discovery" }), {}, rejectReason.protocolError],
  ["its tag is in use", busy, { initiatorTaskTag: 5 }, rejectReason.taskInProgress],
  ["there are too many", crowded, {}, rejectReason.immediateCommandReject],
];

for (const [what, core, values, reason] of refused) {
  Deno.test(`receive() rejects a function when ${what}`, () => {
    const each = core();
    each.send(taskManagementRequest, { function: fn.abortTaskSet, immediate: true, ...values });
    assertEquals(each.flush().expect(reject).reason, reason);
  });
}

Deno.test("ABORT TASK is answered when the task is really gone", () => {
  const core = new Core();
  const task = core.command({ initiatorTaskTag: 5 });
  abort(core, 5, 1);
  core.flush().expectNothing();
  core.session.complete(task);
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  core.initiator.expectNothing();
});

Deno.test("ABORT TASK ends a task that waits for data", () => {
  const core = new Core();
  const task = core.command({ initiatorTaskTag: 5, write: true, expectedDataTransferLength: 512 });
  task.transferLength = 512;
  gather(task, false);
  core.flush().next();
  abort(core, 5, 1);
  const dropped = core.next();
  assertEquals([dropped, dropped.phase], [task, phase.dropped]);
  core.session.release(dropped);
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  assertEquals(core.end(), 0);
});

Deno.test("ABORT TASK finds no task when it names itself or another function", () => {
  const core = new Core();
  core.send(taskManagementRequest, { function: fn.logicalUnitReset, immediate: true, initiatorTaskTag: 6 });
  core.next();
  for (const tag of [6, core.initiator.initiatorTaskTag]) {
    abort(core, tag);
    assertEquals(core.flush().expect(taskManagementResponse).response, 1);
  }
});

Deno.test("ABORT TASK makes a command that is still to come count as come, and hands on those behind it", () => {
  const core = new Core();
  core.send(scsiCommand, { cmdSn: 2, initiatorTaskTag: 2 });
  core.initiator.cmdSn = 3;
  abort(core, 1, 1);
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  assertEquals(core.next().initiatorTaskTag, 2);
  assertEquals(core.session.window.expCmdSn, 3);
  core.send(scsiCommand, { cmdSn: 1, initiatorTaskTag: 1 });
  assertEquals(core.session.nextTask(), undefined);
});

Deno.test("ABORT TASK drops a command that came too early", () => {
  const core = new Core();
  const values = { cmdSn: 2, initiatorTaskTag: 2, write: true, expectedDataTransferLength: 512 };
  core.send(scsiCommand, values, new Uint8Array(512));
  core.initiator.cmdSn = 3;
  abort(core, 2, 2);
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  core.send(nopOut, { cmdSn: 1 });
  core.flush().expect(nopIn);
  assertEquals([core.session.nextTask(), core.session.window.expCmdSn], [undefined, 3]);
  assertEquals(core.end(), 0);
});

const nowhere: readonly [what: string, cmdSn: number, refCmdSn: number][] = [
  ["has come long ago", 1, 0],
  ["would come after it", 3, 3],
  ["lies beyond the window", 100, 50],
];

for (const [what, cmdSn, refCmdSn] of nowhere) {
  Deno.test(`ABORT TASK finds no task when the command ${what}`, () => {
    const core = new Core();
    core.initiator.cmdSn = cmdSn;
    abort(core, 99, refCmdSn);
    assertEquals(core.flush().expect(taskManagementResponse).response, 1);
    assertEquals([core.session.window.expCmdSn, core.session.window.held], [1, 0]);
  });
}

function busy(): Core {
  const core = new Core();
  core.command({ initiatorTaskTag: 5 });
  return core;
}

function crowded(): Core {
  const core = new Core();
  for (let i = 0; i < 32; i++) core.command({ immediate: true });
  return core;
}
