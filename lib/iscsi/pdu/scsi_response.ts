/**
 * The SCSI Response PDU (RFC 7143 §11.4).
 *
 * @module
 */

import { type Field, flag, type Layout, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { common, type CommonFields, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** Fields of {@link scsiResponse}. */
export type ScsiResponseFields = CommonFields & TargetNumbers & {
  /** o: more than the expected bidirectional read length was there to send. */
  bidirectionalOverflow: Field<boolean>;
  /** u: less than the expected bidirectional read length was sent. */
  bidirectionalUnderflow: Field<boolean>;
  /** O: the command moves more than was expected. */
  overflow: Field<boolean>;
  /** U: the command moves less than was expected. */
  underflow: Field<boolean>;
  /** One of `scsiServiceResponse`. */
  response: Field<number>;
  /** SCSI status (SAM-5 §5.3.1). */
  status: Field<number>;
  /** From iSCSIProtocolLevel 2 on (RFC 7144 §5.2.1). */
  statusQualifier: Field<number>;
  snackTag: Field<number>;
  /** R2T and Data-In PDUs that were sent for the command. */
  expDataSn: Field<number>;
  bidirectionalReadResidualCount: Field<number>;
  residualCount: Field<number>;
};

/** The outcome of a SCSI command; sense data, if any, is the data segment: a length of two bytes and the sense data. */
export const scsiResponse: Layout<ScsiResponseFields> = layout("RFC 7143 §11.4", 48, {
  ...common,
  ...targetNumbers,
  bidirectionalOverflow: flag(1, 4),
  bidirectionalUnderflow: flag(1, 3),
  overflow: flag(1, 2),
  underflow: flag(1, 1),
  response: u8(2),
  status: u8(3),
  statusQualifier: u16(8),
  snackTag: u32(20),
  expDataSn: u32(36),
  bidirectionalReadResidualCount: u32(40),
  residualCount: u32(44),
});
