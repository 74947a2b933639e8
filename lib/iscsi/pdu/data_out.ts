/**
 * The SCSI Data-Out PDU (RFC 7143 §11.7).
 *
 * @module
 */

import { bytes, type Field, type Layout, layout, u32 } from "../../bytes/layout.ts";
import { common, type CommonFields } from "./bhs.ts";

/** Fields of {@link dataOut}. */
export type DataOutFields = CommonFields & {
  lun: Field<Uint8Array>;
  /** The R2T's tag, or RESERVED_TAG for unsolicited data. */
  targetTransferTag: Field<number>;
  expStatSn: Field<number>;
  dataSn: Field<number>;
  /** Where the segment lies in the command's data, in bytes. */
  bufferOffset: Field<number>;
};

/** Data of a command to the target. */
export const dataOut: Layout<DataOutFields> = layout("RFC 7143 §11.7", 48, {
  ...common,
  lun: bytes(8, 8),
  targetTransferTag: u32(20),
  expStatSn: u32(28),
  dataSn: u32(36),
  bufferOffset: u32(40),
});
