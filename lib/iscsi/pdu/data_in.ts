/**
 * The SCSI Data-In PDU (RFC 7143 §11.7).
 *
 * @module
 */

import { bytes, type Field, flag, type Layout, layout, u32, u8 } from "../../bytes/layout.ts";
import { common, type CommonFields, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** Fields of {@link dataIn}. `statSn`, `status` and the residual count only with `hasStatus`. */
export type DataInFields = CommonFields & TargetNumbers & {
  /** A: the initiator shall acknowledge with a DataACK SNACK. */
  acknowledge: Field<boolean>;
  /** O: the command moves more than was expected. */
  overflow: Field<boolean>;
  /** U: the command moves less than was expected. */
  underflow: Field<boolean>;
  /** S: the PDU ends the command and carries its status. */
  hasStatus: Field<boolean>;
  /** SCSI status (SAM-5 §5.3.1). */
  status: Field<number>;
  lun: Field<Uint8Array>;
  targetTransferTag: Field<number>;
  dataSn: Field<number>;
  /** Where the segment lies in the command's data, in bytes. */
  bufferOffset: Field<number>;
  residualCount: Field<number>;
};

/** Data of a command to the initiator, and with it perhaps the status. */
export const dataIn: Layout<DataInFields> = layout("RFC 7143 §11.7", 48, {
  ...common,
  ...targetNumbers,
  acknowledge: flag(1, 6),
  overflow: flag(1, 2),
  underflow: flag(1, 1),
  hasStatus: flag(1, 0),
  status: u8(3),
  lun: bytes(8, 8),
  targetTransferTag: u32(20),
  dataSn: u32(36),
  bufferOffset: u32(40),
  residualCount: u32(44),
});
