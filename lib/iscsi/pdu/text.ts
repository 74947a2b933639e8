/**
 * The Text Request and Text Response PDUs (RFC 7143 §11.10, §11.11).
 *
 * @module
 */

import { bytes, type Field, flag, type Layout, layout, u32 } from "../../bytes/layout.ts";
import {
  type CommandNumbers,
  commandNumbers,
  common,
  type CommonFields,
  type TargetNumbers,
  targetNumbers,
} from "./bhs.ts";

/** What both Text PDUs have. */
export type TextFields = CommonFields & {
  /** C: the text goes on in the next PDU. */
  continued: Field<boolean>;
  lun: Field<Uint8Array>;
  /** RESERVED_TAG on the first request and the last response of an exchange. */
  targetTransferTag: Field<number>;
};

const shared: TextFields = { ...common, continued: flag(1, 6), lun: bytes(8, 8), targetTransferTag: u32(20) };

/** Fields of {@link textRequest}. */
export type TextRequestFields = TextFields & CommandNumbers;

/** Asks with key=value pairs in full feature phase. */
export const textRequest: Layout<TextRequestFields> = layout("RFC 7143 §11.10", 48, { ...shared, ...commandNumbers });

/** Fields of {@link textResponse}. */
export type TextResponseFields = TextFields & TargetNumbers;

/** Answers a Text Request. */
export const textResponse: Layout<TextResponseFields> = layout("RFC 7143 §11.11", 48, { ...shared, ...targetNumbers });
