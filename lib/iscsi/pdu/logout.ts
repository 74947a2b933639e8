/**
 * The Logout Request and Logout Response PDUs (RFC 7143 §11.14, §11.15).
 *
 * @module
 */

import { bits, type Field, type Layout, layout, u16, u8 } from "../../bytes/layout.ts";
import {
  type CommandNumbers,
  commandNumbers,
  common,
  type CommonFields,
  type TargetNumbers,
  targetNumbers,
} from "./bhs.ts";

/** Fields of {@link logoutRequest}. */
export type LogoutRequestFields = CommonFields & CommandNumbers & {
  /** One of `logoutReason`. */
  reason: Field<number>;
  /** The connection to close; nothing with reason 0. */
  cid: Field<number>;
};

/** Asks to close the session or a connection. */
export const logoutRequest: Layout<LogoutRequestFields> = layout("RFC 7143 §11.14", 48, {
  ...common,
  ...commandNumbers,
  reason: bits(1, 6, 0),
  cid: u16(20),
});

/** Fields of {@link logoutResponse}. */
export type LogoutResponseFields = CommonFields & TargetNumbers & {
  /** One of `logoutOutcome`. */
  response: Field<number>;
  /** Seconds to wait before a new connection or reassignment. */
  time2Wait: Field<number>;
  /** Seconds after `time2Wait` for which tasks are kept. */
  time2Retain: Field<number>;
};

/** What became of a logout; the last PDU of a connection that closes. */
export const logoutResponse: Layout<LogoutResponseFields> = layout("RFC 7143 §11.15", 48, {
  ...common,
  ...targetNumbers,
  response: u8(2),
  time2Wait: u16(40),
  time2Retain: u16(42),
});
