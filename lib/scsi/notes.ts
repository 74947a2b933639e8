/**
 * What the SCSI layer remembers of a task between `begin` and `finish`. Made once per pooled task, then used again.
 *
 * Tested in tests/scsi/dispatch_test.ts.
 *
 * @module
 */

import type { Command } from "./command.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { ScsiTask, TaskNotes } from "./task.ts";

/** The notes on one task. Numbers are bytes. */
export class CommandNotes implements TaskNotes {
  index = -1;
  age = 0;
  expectant = false;
  wake: (() => void) | undefined = undefined;
  command: Command | undefined = undefined;
  unit: LogicalUnit | undefined = undefined;
  /** First byte of the medium that the command concerns. */
  at = 0;
  /** Bytes of the medium that the command concerns, from `at` on. */
  length = 0;
  /** Bytes, from `at` on, that are done. */
  moved = 0;
  /** When the command came, in milliseconds since 1970; 0 when it is not timed. */
  began = 0;
  /** The data from the initiator is wanted in one piece. */
  gather = false;
  /** The start of a block whose end has not arrived yet. */
  carry: Uint8Array | undefined = undefined;
  /** Bytes in `carry`. */
  carried = 0;
  /** It waits for the store or the transport in the middle of its work. */
  running = false;
  /** It holds its range for itself, or waits for it. */
  claimed = false;

  /** Forgets the last command. */
  reset(): void {
    this.expectant = false;
    this.wake = undefined;
    this.command = undefined;
    this.unit = undefined;
    this.at = 0;
    this.length = 0;
    this.moved = 0;
    this.began = 0;
    this.gather = false;
    this.carry = undefined;
    this.carried = 0;
    this.running = false;
    this.claimed = false;
  }
}

/** The notes on a task; made when it has none. */
export function notesOf(task: ScsiTask): CommandNotes {
  return (task.scsi ??= new CommandNotes()) as CommandNotes;
}
