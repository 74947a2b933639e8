/**
 * Status codes.
 *
 * Tested in tests/scsi/dispatch_test.ts.
 *
 * @module
 */

/** How a command ended (SAM-5 §5.3.1). */
export const status = {
  good: 0x00,
  checkCondition: 0x02,
  conditionMet: 0x04,
  busy: 0x08,
  reservationConflict: 0x18,
  taskSetFull: 0x28,
  acaActive: 0x30,
  taskAborted: 0x40,
} as const;

/** Ends a command with a status that has no sense data. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  /** One of {@link status}. */
  readonly status: number;

  constructor(code: number) {
    super(`Cannot run the command: status ${code.toString(16).padStart(2, "0")}h`);
    this.status = code;
  }
}

/** The error of a command that a reservation keeps from running (SAM-5 §5.3.1). */
export function reservationConflict(): StatusError {
  return new StatusError(status.reservationConflict);
}
