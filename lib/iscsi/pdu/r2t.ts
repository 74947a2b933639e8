/**
 * The Ready To Transfer PDU (RFC 7143 §11.8).
 *
 * @module
 */

import { bytes, type Field, type Layout, layout, u32 } from "../../bytes/layout.ts";
import { common, type CommonFields, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** Fields of {@link r2t}. */
export type R2tFields = CommonFields & TargetNumbers & {
  lun: Field<Uint8Array>;
  targetTransferTag: Field<number>;
  r2tSn: Field<number>;
  /** Where the wanted data lies in the command's data, in bytes. */
  bufferOffset: Field<number>;
  /** Bytes, 1 to MaxBurstLength. */
  desiredDataTransferLength: Field<number>;
};

/** Asks for a piece of a command's data; shows StatSN without using it up. */
export const r2t: Layout<R2tFields> = layout("RFC 7143 §11.8", 48, {
  ...common,
  ...targetNumbers,
  lun: bytes(8, 8),
  targetTransferTag: u32(20),
  r2tSn: u32(36),
  bufferOffset: u32(40),
  desiredDataTransferLength: u32(44),
});
