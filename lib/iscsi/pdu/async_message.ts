/**
 * The Asynchronous Message PDU (RFC 7143 §11.9).
 *
 * @module
 */

import { bytes, type Field, type Layout, layout, u16, u8 } from "../../bytes/layout.ts";
import { common, type CommonFields, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** Fields of {@link asyncMessage}. */
export type AsyncMessageFields = CommonFields & TargetNumbers & {
  lun: Field<Uint8Array>;
  /** One of `asyncEvent`. */
  asyncEvent: Field<number>;
  asyncVCode: Field<number>;
  /** By event: the CID, or nothing. */
  parameter1: Field<number>;
  /** By event: Time2Wait, in seconds. */
  parameter2: Field<number>;
  /** By event: Time2Retain, or the time within which to log out, in seconds. */
  parameter3: Field<number>;
};

/** What the target has to say unasked; `initiatorTaskTag` is RESERVED_TAG. */
export const asyncMessage: Layout<AsyncMessageFields> = layout("RFC 7143 §11.9", 48, {
  ...common,
  ...targetNumbers,
  lun: bytes(8, 8),
  asyncEvent: u8(36),
  asyncVCode: u8(37),
  parameter1: u16(38),
  parameter2: u16(40),
  parameter3: u16(42),
});
