/**
 * Store failures become sense data here and nowhere else. A store names a failure by the `code` of the error it throws.
 *
 * Tested in tests/scsi/dispatch_test.ts.
 *
 * @module
 */

import { sense, type SenseCode } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";

interface Failure {
  readonly reading: SenseCode;
  readonly writing: SenseCode;
  /** The sense data names the block. */
  readonly located?: boolean;
}

/** Where a command was on the medium. */
export interface Place {
  /** The byte it was at; what the error says itself is preferred. */
  readonly at: number;
  /** Bytes of a logical block. */
  readonly blockSize: number;
}

/** What a failure of each kind is to the initiator. */
const failures: Readonly<Record<string, Failure>> = {
  "out-of-space": same(sense.spaceAllocationFailedWriteProtect),
  "read-only": same(sense.writeProtected),
  "medium": { reading: sense.unrecoveredReadError, writing: sense.writeError, located: true },
  "gone": same(sense.manualInterventionRequired),
  "io": same(sense.internalTargetFailure),
};

/** The `ScsiError` that tells of any exception. Those that no table names are INTERNAL TARGET FAILURE. */
export function toScsiError(error: unknown, writing: boolean, place?: Place): ScsiError {
  if (error instanceof ScsiError) return error;
  const failure = failures[codeOf(error)];
  if (failure === undefined) return new ScsiError(sense.internalTargetFailure);
  const code = writing ? failure.writing : failure.reading;
  if (!failure.located || place === undefined) return new ScsiError(code);
  return new ScsiError(code, { information: Math.floor((faultOf(error) ?? place.at) / place.blockSize) });
}

/** Whether an exception is foreseen: a `ScsiError`, or a failure that {@link toScsiError} knows by name. */
export function isForeseen(error: unknown): boolean {
  return error instanceof ScsiError || codeOf(error) in failures;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" && Object.hasOwn(failures, error.code) ? error.code : "";
}

function faultOf(error: unknown): number | undefined {
  return error instanceof Error && "at" in error && typeof error.at === "number" ? error.at : undefined;
}

function same(code: SenseCode): Failure {
  return { reading: code, writing: code };
}
