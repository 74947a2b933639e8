/**
 * The SNACK Request PDU (RFC 7143 §11.16).
 *
 * @module
 */

import { bits, bytes, type Field, type Layout, layout, u32 } from "../../bytes/layout.ts";
import { common, type CommonFields } from "./bhs.ts";

/** Fields of {@link snackRequest}. */
export type SnackRequestFields = CommonFields & {
  /** One of `snackType`. */
  type: Field<number>;
  lun: Field<Uint8Array>;
  /** DataACK: the Data-In's tag; R-Data: the SNACK Tag. */
  targetTransferTag: Field<number>;
  expStatSn: Field<number>;
  /** First number that is missing. */
  begRun: Field<number>;
  /** How many are missing; 0 for all from `begRun` on. */
  runLength: Field<number>;
};

/** Asks for numbered PDUs again, or acknowledges Data-In. */
export const snackRequest: Layout<SnackRequestFields> = layout("RFC 7143 §11.16", 48, {
  ...common,
  type: bits(1, 3, 0),
  lun: bytes(8, 8),
  targetTransferTag: u32(20),
  expStatSn: u32(28),
  begRun: u32(40),
  runLength: u32(44),
});
