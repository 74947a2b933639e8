/**
 * Who a logical unit is: given from outside, unique per unit, the same after each restart and on every path.
 *
 * Tested in tests/scsi/logical_unit_test.ts.
 *
 * @module
 */

/** The names of a logical unit. */
export interface LogicalUnitIdentity {
  /** T10 vendor identification, up to 8 characters. */
  readonly vendor: string;
  /** Product identification, up to 16 characters. */
  readonly product: string;
  /** Product revision level, up to 4 characters. */
  readonly revision: string;
  /** Unit serial number, 1 to 252 ASCII characters. */
  readonly serial: string;
  /** NAA designator of 8 or 16 bytes, its first four bits being the NAA type (SPC-5). */
  readonly naa: Uint8Array;
  /** SCSI name string of the logical unit; `naa.` and the designator when absent (SPC-5). */
  readonly scsiName?: string;
}

/** Checks the lengths of an identity. Throws a `RangeError`. */
export function checkIdentity(identity: LogicalUnitIdentity): void {
  const limits = [["vendor", 8], ["product", 16], ["revision", 4], ["serial", 252]] as const;
  for (const [field, most] of limits) {
    if (identity[field].length > most || !/^[\x20-\x7e]*$/.test(identity[field])) {
      throw new RangeError(`Cannot use ${field} "${identity[field]}": not up to ${most} printable ASCII characters`);
    }
  }
  if (identity.serial.length === 0) throw new RangeError("Cannot use an empty serial number: it tells units apart");
  if (identity.naa.length !== 8 && identity.naa.length !== 16) {
    throw new RangeError(`Cannot use an NAA designator of ${identity.naa.length} bytes: 8 or 16 are`);
  }
}
