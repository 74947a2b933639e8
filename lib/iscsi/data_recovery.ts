/**
 * Data-Out that does not arrive as it should, from ErrorRecoveryLevel 1 on (RFC 7143 §7.8, §7.9): what is missing of a
 * sequence is asked for again with a recovery R2T.
 *
 * Tested in tests/protocol/recovery_data_out_test.ts.
 *
 * @module
 */

import type { Burst } from "./burst.ts";
import { RESERVED_TAG } from "./constants.ts";
import type { Connection } from "./connection.ts";
import { endSequence, fail, sendR2t } from "./data_out.ts";
import { type IscsiTask, phase } from "./task.ts";
import { transportSense } from "./transport_sense.ts";

/** Times that data of one command is asked for again. */
const ATTEMPTS = 8;

/** Milliseconds without any data after which a sequence counts as lost (RFC 7143 §7.9). */
export const SEQUENCE_WAIT = 10_000;

/**
 * A sequence has ended, or is not waited for any longer, and not all of it is there: asks for the rest.
 *
 * @param unasked the data was not asked for the first time
 * @returns false when the command has ended meanwhile and does not need it, or when it was asked for often enough
 */
export function askAgain(task: IscsiTask, burst: Burst, unasked: boolean): boolean {
  if (task.status !== 0 || task.phase === phase.draining || task.phase === phase.dropped) return false;
  if (++task.recoveries > ATTEMPTS) {
    fail(task, transportSense.protocolServiceCrcError);
    return false;
  }
  burst.spoiled = false;
  // Data that came unasked is asked for with all the rest, in the order of the command's data.
  if (unasked) burst.requested = burst.filled;
  else sendR2t(task, burst, burst.requested);
  return true;
}

/** Milliseconds between two looks for data that does not come. */
const LOOK = 2500;

/**
 * Looks for sequences that have come to a stop.
 *
 * @param now milliseconds
 * @returns the time at which to look again
 */
export function tickSequences(connection: Connection, now: number): number {
  connection.session.tasks.forEach((task) => {
    if (task.connection !== connection || task.openR2ts === 0 && !task.unsolicited) return;
    for (const burst of [...task.bursts]) {
      if (!burst.open) continue;
      if (burst.seen !== burst.filled + burst.dataSn) {
        burst.seen = burst.filled + burst.dataSn;
        burst.seenAt = now;
      } else if (now - burst.seenAt >= SEQUENCE_WAIT) {
        burst.seen = -1;
        burst.spoiled = true;
        endSequence(task, burst);
      }
    }
  });
  return now + LOOK;
}

/** The connection has gone: nothing more will come of what it was asked for. */
export function voidSequences(task: IscsiTask): void {
  for (const burst of task.bursts) {
    if (!burst.open) continue;
    burst.open = burst.spoiled = false;
    burst.targetTransferTag = RESERVED_TAG;
    burst.requested = burst.filled;
  }
  task.openR2ts = 0;
  task.unsolicited = false;
}
