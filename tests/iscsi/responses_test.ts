import { assert, assertEquals } from "@std/assert";
import { gather } from "../../lib/iscsi/data_out.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/task_management.ts";
import { Core } from "../support/core.ts";

Deno.test("sendOutcome() sends a SCSI Response when no data moved", () => {
  const core = new Core();
  const task = core.command({ initiatorTaskTag: 9 });
  core.connection.statSn = 77;
  core.session.complete(task);
  const { final, response, status, statSn, expCmdSn, maxCmdSn, expDataSn, data } = core.flush().expect(scsiResponse);
  assertEquals([final, response, status, statSn, expCmdSn, maxCmdSn], [true, 0, 0, 77, 2, 9]);
  assertEquals([expDataSn, data.length, core.connection.statSn], [0, 0, 78]);
});

Deno.test("sendOutcome() puts a GOOD status into the last Data-In", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 512 });
  task.transferLength = 512;
  task.window(512);
  core.session.complete(task);
  assertEquals(core.flush().expect(dataIn).hasStatus, true);
  core.initiator.expectNothing();
});

Deno.test("sendOutcome() sends sense data behind its length, and takes back what was about to be sent", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 512 });
  task.transferLength = 512;
  task.window(512);
  task.status = 2;
  task.sense = Uint8Array.of(0x70, 0, 5);
  core.session.complete(task);
  const { status, data, underflow, residualCount } = core.flush().expect(scsiResponse);
  assertEquals([status, data], [2, Uint8Array.of(0, 3, 0x70, 0, 5)]);
  assertEquals([underflow, residualCount], [true, 512]);
  core.initiator.expectNothing();
  assertEquals(core.end(), 0);
});

Deno.test("sendOutcome() says how many R2Ts a write was sent", () => {
  const core = new Core({ parameters: { maxBurstLength: 512 } });
  const task = core.command({ write: true, expectedDataTransferLength: 1024 });
  task.transferLength = 1024;
  gather(task, false);
  assertEquals(task.r2tSn, 1);
  task.openR2ts = 0;
  core.session.complete(task);
  core.flush().next();
  assertEquals(core.initiator.expect(scsiResponse).expDataSn, 1);
});

const lengths: readonly [moves: number, expected: number, overflow: boolean, underflow: boolean][] = [
  [512, 1024, false, true],
  [1024, 512, true, false],
];

for (const [moves, expected, overflow, underflow] of lengths) {
  Deno.test(`sendOutcome() says the residual of a write that moves ${moves} of ${expected} bytes`, () => {
    const core = new Core();
    const task = core.command({ write: true, expectedDataTransferLength: expected });
    task.transferLength = moves;
    core.session.complete(task);
    const answer = core.flush().expect(scsiResponse);
    assertEquals([answer.overflow, answer.underflow, answer.residualCount], [overflow, underflow, 512]);
  });
}

Deno.test("sendOutcome() sends the outcome of a task management function", () => {
  const core = new Core();
  core.send(taskManagementRequest, { function: 5, immediate: true, initiatorTaskTag: 3 });
  const task = core.next();
  assert(task.managementFunction === 5);
  task.managementResponse = 2;
  core.session.complete(task);
  const { response, initiatorTaskTag, final } = core.flush().expect(taskManagementResponse);
  assertEquals([response, initiatorTaskTag, final], [2, 3, true]);
});
