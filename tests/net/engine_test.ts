import { assert, assertEquals } from "@std/assert";
import { taskManagementFunction as fn } from "../../lib/iscsi/constants.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { dataOut } from "../../lib/iscsi/pdu/data_out.ts";
import { r2t } from "../../lib/iscsi/pdu/r2t.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/task_management.ts";
import type { Session } from "../../lib/iscsi/session.ts";
import { Engine } from "../../lib/net/engine.ts";
import { Catalogue } from "../../lib/target/catalogue.ts";
import { Target } from "../../lib/target/target.ts";
import { Core } from "../support/core.ts";
import { HeldStore, settle } from "../support/held_store.ts";
import { hex } from "../support/hex.ts";

const READ = hex("28000000000000000100000000000000");
const WRITE = hex("2a000000000000000100000000000000");
const TEST_UNIT_READY = new Uint8Array(16);

/** An engine with one disk and one session, whose unit attentions have been heard. */
function start() {
  const store = new HeldStore(1 << 20);
  const core = new Core();
  const target = new Target({ name: core.session.targetName, luns: [{ lun: 0, store }] });
  const catalogue = new Catalogue({ targets: [target], pool: core.pool }, () => {});
  const told: { answered: Session[]; reset: Session[] } = { answered: [], reset: [] };
  const engine = new Engine(catalogue, {
    answered: (session) => told.answered.push(session),
    reset: (session) => told.reset.push(session),
  });
  // The session of the fixture knows no units of its own.
  const luns = { at: (lun: number) => target.at(lun), numbers: () => target.numbers() };
  Object.defineProperty(core.session.nexus, "luns", { value: luns });
  target.sessions.add(core.session);
  for (const unit of target.units()) unit.admit(core.session.nexus);
  const send = (...parameters: Parameters<typeof core.send<typeof scsiCommand.fields>>): void => {
    core.send(...parameters);
    engine.run(core.session);
  };
  send(scsiCommand, { cdb: TEST_UNIT_READY });
  core.flush().expect(scsiResponse);
  return { store, core, target, engine, told, send };
}

Deno.test("run() answers a command at once when the store does", () => {
  const { core, send, told } = start();
  send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  assertEquals(core.flush().expect(dataIn).hasStatus, true);
  assertEquals(told.answered, []);
});

Deno.test("run() answers a command later when the store does, and says so", async () => {
  const { core, store, send, told } = start();
  store.holding.add("read");
  send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  core.flush().expectNothing();
  await store.release();
  assertEquals(told.answered, [core.session]);
  assertEquals(core.flush().expect(dataIn).hasStatus, true);
});

Deno.test("run() brings data from the initiator to the store", async () => {
  const { core, engine, store, send } = start();
  store.holding.add("write");
  send(scsiCommand, { cdb: WRITE, write: true, expectedDataTransferLength: 512 });
  const { initiatorTaskTag, targetTransferTag } = core.flush().expect(r2t);
  core.send(dataOut, { initiatorTaskTag, targetTransferTag }, new Uint8Array(512).fill(7));
  engine.run(core.session);
  core.flush().expectNothing();
  await store.release();
  assertEquals(core.flush().expect(scsiResponse).status, 0);
  assertEquals(store.bytes(0, 512), new Uint8Array(512).fill(7));
  assertEquals(core.end(), 0);
});

Deno.test("run() ends the connection, and nothing else, when an answer that comes late cannot be given", async () => {
  const { core, engine, store, send } = start();
  store.holding.add("read");
  send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  core.session.complete = () => {
    throw new RangeError("Cannot answer: no memory is left");
  };
  await store.release();
  assertEquals(core.connection.closed, true);
  await engine.idle();
});

Deno.test("idle() settles when the last command has come back from its store", async () => {
  const { engine, store, send } = start();
  await engine.idle();
  store.holding.add("read");
  for (let i = 0; i < 2; i++) send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  let idle = false;
  const waiting = engine.idle().then(() => idle = true);
  await store.release(1);
  assertEquals(idle, false);
  await store.release();
  await waiting;
  assertEquals(idle, true);
});

Deno.test("a function that ends tasks is answered when the last of them has come back from its store", async () => {
  const { core, engine, store, send, told } = start();
  store.holding.add("read");
  send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  core.send(taskManagementRequest, { function: fn.logicalUnitReset, immediate: true });
  engine.run(core.session);
  core.flush().expectNothing();
  await store.release();
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  core.initiator.expectNothing();
  assert(told.answered.includes(core.session));
  assertEquals(core.end(), 0);
});

Deno.test("TARGET COLD RESET ends every session of the target when it was answered", async () => {
  const { core, engine, told } = start();
  core.send(taskManagementRequest, { function: fn.targetColdReset, immediate: true });
  engine.run(core.session);
  await settle();
  assertEquals(core.flush().expect(taskManagementResponse).response, 0);
  assertEquals(told.reset, [core.session]);
});

Deno.test("a command whose connection has gone is let go of when it comes back from its store", async () => {
  const { core, engine, store, send } = start();
  store.holding.add("read");
  send(scsiCommand, { cdb: READ, read: true, expectedDataTransferLength: 512 });
  core.connection.close();
  engine.run(core.session);
  assertEquals(core.session.tasks.size, 1);
  await store.release();
  assertEquals([core.session.tasks.size, core.pool.lent], [0, 0]);
});
