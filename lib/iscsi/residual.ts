/**
 * Residual counts (RFC 7143 §11.4.5): what a command moves by its CDB against what the initiator expected.
 *
 * @module
 */

import type { Field } from "../bytes/layout.ts";
import type { IscsiTask } from "./task.ts";

/** The residual fields of Data-In and SCSI Response. */
interface ResidualFields {
  readonly overflow: Field<boolean>;
  readonly underflow: Field<boolean>;
  readonly residualCount: Field<number>;
}

/** Says in a PDU how much more or less than `expected` bytes the command moves. */
export function setResidual(
  fields: ResidualFields,
  task: IscsiTask,
  expected: number,
  bytes: Uint8Array,
  base: number,
): void {
  const more = task.transferLength - expected;
  if (more === 0) return;
  if (more > 0) {
    fields.overflow.set(bytes, true, base);
    fields.residualCount.set(bytes, more, base);
  } else {
    fields.underflow.set(bytes, true, base);
    fields.residualCount.set(bytes, -more, base);
  }
}
