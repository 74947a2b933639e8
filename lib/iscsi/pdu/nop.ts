/**
 * The NOP-Out and NOP-In PDUs (RFC 7143 §11.18, §11.19).
 *
 * @module
 */

import { bytes, type Field, type Layout, layout, u32 } from "../../bytes/layout.ts";
import {
  type CommandNumbers,
  commandNumbers,
  common,
  type CommonFields,
  type TargetNumbers,
  targetNumbers,
} from "./bhs.ts";

/** What both NOP PDUs have. */
export type NopFields = CommonFields & {
  lun: Field<Uint8Array>;
  /** Other than RESERVED_TAG in a target's ping and its answer. */
  targetTransferTag: Field<number>;
};

const shared: NopFields = { ...common, lun: bytes(8, 8), targetTransferTag: u32(20) };

/** Fields of {@link nopOut}. */
export type NopOutFields = NopFields & CommandNumbers;

/** The initiator's ping, or its answer to one: then `initiatorTaskTag` is RESERVED_TAG. */
export const nopOut: Layout<NopOutFields> = layout("RFC 7143 §11.18", 48, { ...shared, ...commandNumbers });

/** Fields of {@link nopIn}. */
export type NopInFields = NopFields & TargetNumbers;

/** The target's ping, its answer to one, or news of the command window. */
export const nopIn: Layout<NopInFields> = layout("RFC 7143 §11.19", 48, { ...shared, ...targetNumbers });
