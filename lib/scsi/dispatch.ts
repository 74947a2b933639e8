/**
 * The way of a command through the device server (SAM-5 §5.1). The transport calls `begin`, for data from the initiator
 * then `proceed` with each piece, and once, at the end of every task, `finish`. No call throws and no promise rejects:
 * the outcome is in the task's status and sense.
 *
 * Data path: nothing is allocated while stores answer at once and nothing fails.
 *
 * @module
 */

import { type Command, serviceActionOf, variableLengthCdb } from "./command.ts";
import { find, knowsOpcode } from "./commands.ts";
import { accessBits } from "./conflicts.ts";
import { traffic } from "./counters.ts";
import { forgetLunsChanged } from "./commands/report_luns.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { answerWithoutUnit } from "./missing_unit.ts";
import type { NexusState } from "./nexus_state.ts";
import { type CommandNotes, notesOf } from "./notes.ts";
import { refusal } from "./port_groups.ts";
import { sense, senseKey } from "./sense.ts";
import { encodeSense, ScsiError } from "./sense_data.ts";
import { reservationConflict, status, StatusError } from "./status.ts";
import { isForeseen, type Place, toScsiError } from "./store_errors.ts";
import { type ScsiTask, taskAttribute } from "./task.ts";
import { detailsOf } from "./unit_attention.ts";

/** The command has ended: status and sense are final. */
export const DONE = 0;
/** Call `proceed` once, with all data in one piece. */
export const GATHER = 1;
/** Call `proceed` for each piece of data, in order, and for the next when the one before is done. */
export const STREAM = 2;

/** What `begin` says; a promise is settled when the command has ended. */
export type Outcome = typeof DONE | typeof GATHER | typeof STREAM | Promise<void>;

/**
 * Takes a command in: checks it, and runs it unless it waits for data. When data is to come, at most
 * `min(transferLength, expectedDataOut)` bytes of it are wanted.
 */
export function begin(task: ScsiTask): Outcome {
  const notes = notesOf(task);
  notes.reset();
  try {
    const unit = task.nexus.luns.at(task.lun);
    if (unit === undefined) {
      answerWithoutUnit(task);
      return DONE;
    }
    notes.unit = unit;
    unit.tasks.add(task);
    if (unit.log.counters.arrive()) notes.began = unit.clock();
    // There is never an auto contingent allegiance that a task could belong to (SAM-5 §5.10).
    if (task.attribute > taskAttribute.headOfQueue) throw new ScsiError(sense.invalidMessageError);
    const command = lookUp(task, unit);
    notes.command = command;
    notes.gather = command.data === "gather";
    admit(task, unit, command);
    command.plan?.(task, unit);
    if (command.data === "none" || command.data === "in") return execute(task, unit, command.run, notes) ?? DONE;
    if (!willReceive(task, notes)) return execute(task, unit, command.runWithoutData, notes) ?? DONE;
    notes.expectant = true;
    return notes.gather ? GATHER : STREAM;
  } catch (error) {
    // What was not moved so far will not be.
    task.transferLength = notes.moved;
    fail(task, error);
    return DONE;
  }
}

/**
 * Goes on with a piece of data from the initiator, which is lent until the promise settles. The status is final after
 * the last piece, or as soon as it is no longer GOOD: no piece may follow then.
 */
export function proceed(task: ScsiTask): void | Promise<void> {
  const notes = notesOf(task);
  const { unit, command } = notes;
  if (unit === undefined || command === undefined || task.aborted) return;
  notes.expectant = false;
  try {
    return execute(task, unit, command.run, notes);
  } catch (error) {
    fail(task, error);
  }
}

/** Lets a task go, however it ended: out of the task set, its notes wiped. Calling it again does nothing. */
export function finish(task: ScsiTask): void {
  const notes = notesOf(task);
  const { unit, command } = notes;
  if (unit !== undefined) {
    unit.tasks.remove(task);
    if (command !== undefined) {
      unit.log.counters.count(command.traffic, notes.moved);
      if (unit.thresholds.watching && command.writes) unit.thresholds.wrote(command.traffic, notes.moved);
      if (notes.began !== 0) unit.log.counters.took(command.traffic, unit.clock() - notes.began);
    }
  }
  notes.reset();
}

/** The one place where commands start to act; a task that has to wait for others in its task set waits here. */
function execute(
  task: ScsiTask,
  unit: LogicalUnit,
  run: Command["run"] | undefined,
  notes: CommandNotes,
): void | Promise<void> {
  if (run === undefined) return;
  if (unit.tasks.ranked !== 0) {
    const turn = unit.tasks.turn(task);
    if (turn !== undefined) return inTurn(turn, task, unit, run, notes);
  }
  if (unit.ranges.exclusive !== 0) {
    const waiting = unit.ranges.enter(notes);
    if (waiting !== undefined) return settle(task, runAfter(waiting, task, unit, run, notes), notes);
  }
  if (unit.tokens.count !== 0) revokeTokens(unit, notes);
  const running = run(task, unit);
  if (running !== undefined) return settle(task, running, notes);
}

/** Acts after those that come first (SAM-5 §8.6), which may have reserved the unit meanwhile. */
async function inTurn(
  turn: Promise<void>,
  task: ScsiTask,
  unit: LogicalUnit,
  run: Command["run"],
  notes: CommandNotes,
): Promise<void> {
  await turn;
  if (task.aborted || notes.command === undefined) return;
  try {
    checkAccess(unit.nexus(task.nexus).denied, task, notes.command);
    await execute(task, unit, run, notes);
  } catch (error) {
    if (notes.command.data === "in") task.transferLength = notes.moved;
    fail(task, error);
  }
}

async function runAfter(
  waiting: Promise<void>,
  task: ScsiTask,
  unit: LogicalUnit,
  run: Command["run"],
  notes: CommandNotes,
): Promise<void> {
  await waiting;
  if (task.aborted) return;
  if (unit.tokens.count !== 0) revokeTokens(unit, notes);
  await run(task, unit);
}

/** What a command is about to change, no token represents any longer. */
function revokeTokens(unit: LogicalUnit, { command, at, length }: CommandNotes): void {
  if (command?.writes) unit.tokens.changed(at, length, unit.clock());
}

async function settle(task: ScsiTask, running: Promise<void>, notes: CommandNotes): Promise<void> {
  notes.running = true;
  try {
    await running;
  } catch (error) {
    if (notes.command?.data === "in") task.transferLength = notes.moved;
    fail(task, error);
  }
  notes.running = false;
  const { unit } = notes;
  if (unit !== undefined && unit.ranges.exclusive !== 0) unit.ranges.advance();
}

function lookUp(task: ScsiTask, unit: LogicalUnit): Command {
  const { cdb } = task;
  const opcode = cdb[0] as number;
  const command = find(opcode, serviceActionOf(cdb), unit.kindBit);
  if (command === undefined || command.supported?.(unit) === false) {
    if (knowsOpcode(opcode, unit)) throw unknownServiceAction(opcode);
    throw new ScsiError(sense.invalidCommandOperationCode);
  }
  if (task.cdbLength < command.length) throw new ScsiError(sense.invalidFieldInCdb);
  if (opcode === variableLengthCdb && cdb[7] !== command.length - 8) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 7 } });
  }
  checkReserved(cdb, command.reserved);
  return command;
}

function unknownServiceAction(opcode: number): ScsiError {
  return new ScsiError(sense.invalidFieldInCdb, { pointer: opcode === 0x7f ? { byte: 8 } : { byte: 1, bit: 4 } });
}

function checkReserved(cdb: Uint8Array, reserved: Uint8Array): void {
  for (let byte = 1; byte < reserved.length; byte++) {
    const wrong = (cdb[byte] as number) & (reserved[byte] as number);
    if (wrong !== 0) {
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte, bit: 31 - Math.clz32(wrong) } });
    }
  }
}

/** What the state of the unit and of the nexus says to a command, in the order of SAM-5 §5.3.3. */
function admit(task: ScsiTask, unit: LogicalUnit, command: Command): void {
  const state = unit.nexus(task.nexus);
  const reports = command.attention === undefined || command.attention === "report";
  const waits = reports && state.attentions.pending !== 0;
  if (waits && state.attentions.afterReset) throw takeAttention(task, state);
  if (state.denied !== 0) checkAccess(state.denied, task, command);
  if (reports && state.deferred !== undefined) throw takeDeferred(state);
  if (waits) throw takeAttention(task, state);
  if (unit.operation !== undefined) unit.operation.admit(command);
  if (state.portState !== 0) checkPort(state, command);
  if (command.needsMedium) {
    const { notReady } = unit;
    if (notReady !== undefined) throw new ScsiError(notReady);
  }
  if (command.writes && unit.writeProtected) throw new ScsiError(unit.writeProtection);
  if (command.writes && state.readOnly) throw new ScsiError(sense.writeProtected);
}

function checkPort({ portState }: NexusState, command: Command): void {
  const code = refusal(portState, command);
  if (code !== undefined) throw new ScsiError(code);
}

function takeDeferred(state: NexusState): ScsiError {
  const error = state.deferred as ScsiError;
  state.deferred = undefined;
  return new ScsiError(error.code, { ...error.details, deferred: true });
}

function takeAttention(task: ScsiTask, state: NexusState): ScsiError {
  const code = state.attentions.take() ?? sense.noSense;
  if (code === sense.reportedLunsDataHasChanged) forgetLunsChanged(task.nexus);
  return new ScsiError(code, detailsOf(code));
}

/** A reservation of another may forbid it. */
function checkAccess(denied: number, { cdb }: ScsiTask, { accessBit, accessOf }: Command): void {
  const needed = accessOf === undefined ? accessBit : accessBits[accessOf(cdb)];
  if ((denied & needed) !== 0) throw reservationConflict();
}

/** Data will come. A command that needs its data whole cannot do without all of it. */
function willReceive(task: ScsiTask, notes: CommandNotes): boolean {
  if (task.transferLength === 0) return false;
  if (notes.gather && task.expectedDataOut < task.transferLength) {
    throw new ScsiError(sense.invalidFieldInCommandInformationUnit);
  }
  return task.expectedDataOut !== 0;
}

function fail(task: ScsiTask, error: unknown): void {
  if (error instanceof StatusError) {
    task.status = error.status;
    return;
  }
  const notes = notesOf(task);
  const { code, details } = toScsiError(error, notes.command?.access === "write", placeOf(notes));
  task.status = status.checkCondition;
  task.sense = encodeSense(code, details, notes.unit?.modePages.descriptorSense ?? false);
  if (code.key === senseKey.mediumError || code.key === senseKey.hardwareError) {
    notes.unit?.log.counters.failed(notes.command?.traffic ?? traffic.other);
  }
  if (!isForeseen(error)) notes.unit?.onFault(error);
}

/** Where a command that moves blocks is on the medium. */
function placeOf({ unit, command, at, moved }: CommandNotes): Place | undefined {
  if (unit === undefined || command === undefined || command.data === "none") return undefined;
  return { at: at + moved, blockSize: unit.blockSize };
}
