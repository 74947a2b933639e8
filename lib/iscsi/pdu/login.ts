/**
 * The Login Request and Login Response PDUs (RFC 7143 §11.12, §11.13).
 *
 * @module
 */

import { bits, bytes, type Field, flag, type Layout, layout, u16, u24, u32, u8 } from "../../bytes/layout.ts";
import { type CommandNumbers, commandNumbers, type TargetNumbers, targetNumbers } from "./bhs.ts";

/** What both Login PDUs have. */
export type LoginFields = {
  opcode: Field<number>;
  /** I: constant 1 in the request, 0 in the response. */
  immediate: Field<boolean>;
  /** T: the sender wants to go on to `nextStage`. */
  transit: Field<boolean>;
  /** C: the text goes on in the next PDU. */
  continued: Field<boolean>;
  /** CSG: one of `stage`. */
  currentStage: Field<number>;
  /** NSG: one of `stage`; means something with `transit` only. */
  nextStage: Field<number>;
  versionMax: Field<number>;
  totalAhsLength: Field<number>;
  dataSegmentLength: Field<number>;
  isid: Field<Uint8Array>;
  tsih: Field<number>;
  initiatorTaskTag: Field<number>;
};

const shared: LoginFields = {
  opcode: bits(0, 5, 0),
  immediate: flag(0, 6),
  transit: flag(1, 7),
  continued: flag(1, 6),
  currentStage: bits(1, 3, 2),
  nextStage: bits(1, 1, 0),
  versionMax: u8(2),
  totalAhsLength: u8(4),
  dataSegmentLength: u24(5),
  isid: bytes(8, 6),
  tsih: u16(14),
  initiatorTaskTag: u32(16),
};

/** Fields of {@link loginRequest}. */
export type LoginRequestFields = LoginFields & CommandNumbers & {
  versionMin: Field<number>;
  cid: Field<number>;
};

/** A step of the login from the initiator. */
export const loginRequest: Layout<LoginRequestFields> = layout("RFC 7143 §11.12", 48, {
  ...shared,
  ...commandNumbers,
  versionMin: u8(3),
  cid: u16(20),
});

/** Fields of {@link loginResponse}. */
export type LoginResponseFields = LoginFields & TargetNumbers & {
  versionActive: Field<number>;
  /** Status-Class; with the detail one of `loginStatus`. */
  statusClass: Field<number>;
  statusDetail: Field<number>;
};

/** The target's answer to a step of the login. */
export const loginResponse: Layout<LoginResponseFields> = layout("RFC 7143 §11.13", 48, {
  ...shared,
  ...targetNumbers,
  versionActive: u8(3),
  statusClass: u8(36),
  statusDetail: u8(37),
});
