/**
 * The SCSI Command PDU (RFC 7143 §11.3).
 *
 * @module
 */

import { bits, bytes, type Field, flag, type Layout, layout, u32 } from "../../bytes/layout.ts";
import { type CommandNumbers, commandNumbers, common, type CommonFields } from "./bhs.ts";

/** Fields of {@link scsiCommand}. */
export type ScsiCommandFields = CommonFields & CommandNumbers & {
  /** R: data is expected from the target. */
  read: Field<boolean>;
  /** W: data goes to the target. */
  write: Field<boolean>;
  /** One of `taskAttribute`. */
  attribute: Field<number>;
  /** 0 to 15, from iSCSIProtocolLevel 2 on (RFC 7144 §5.1.1). */
  priority: Field<number>;
  lun: Field<Uint8Array>;
  /** Bytes. */
  expectedDataTransferLength: Field<number>;
  /** The first 16 bytes of the CDB. */
  cdb: Field<Uint8Array>;
};

/** A SCSI command on its way to the target; `final` clear means that unsolicited Data-Out follows. */
export const scsiCommand: Layout<ScsiCommandFields> = layout("RFC 7143 §11.3", 48, {
  ...common,
  ...commandNumbers,
  read: flag(1, 6),
  write: flag(1, 5),
  attribute: bits(1, 2, 0),
  priority: bits(2, 7, 4),
  lun: bytes(8, 8),
  expectedDataTransferLength: u32(20),
  cdb: bytes(32, 16),
});
