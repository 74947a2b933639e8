/**
 * The Reject PDU (RFC 7143 §11.17).
 *
 * @module
 */

import { type Field, type Layout, layout, u32, u8 } from "../../bytes/layout.ts";
import { common, type CommonFields, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** Fields of {@link reject}. */
export type RejectFields = CommonFields & TargetNumbers & {
  /** One of `rejectReason`. */
  reason: Field<number>;
  /** DataSN or R2TSN that is valid next, for a rejected Data/R2T SNACK. */
  dataSn: Field<number>;
};

/** Refuses a PDU: the data segment is its header; `initiatorTaskTag` is RESERVED_TAG. */
export const reject: Layout<RejectFields> = layout("RFC 7143 §11.17", 48, {
  ...common,
  ...targetNumbers,
  reason: u8(2),
  dataSn: u32(36),
});
