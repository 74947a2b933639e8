/**
 * How a login ends before its time: what the initiator is told and what the log says.
 *
 * @module
 */

import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import type { TargetMove } from "./login_host.ts";
import { NegotiationError } from "./negotiation.ts";
import { encodeText, TextError } from "./text.ts";

/** The target is elsewhere (RFC 7143 §11.13.5, class 1). */
export class Redirection extends LoginError {
  /** Data segment of the response: the address. */
  readonly text: Uint8Array;

  constructor(to: TargetMove) {
    super(
      to.permanent ? loginStatus.targetMovedPermanently : loginStatus.targetMovedTemporarily,
      `Cannot serve the target here: it has moved to ${to.address}`,
    );
    this.text = encodeText([["TargetAddress", to.address]]);
  }
}

/** The initiator has broken a rule of the login (RFC 7143 §11.13.5, 0200h). */
export function refusal(why: string): LoginError {
  return new LoginError(loginStatus.initiatorError, `Cannot go on with the login: ${why}`);
}

/**
 * What a login says of an error.
 *
 * @throws {unknown} the error itself when it is no fault of the initiator
 */
export function loginErrorOf(error: unknown): LoginError {
  if (error instanceof LoginError) return error;
  if (error instanceof TextError || error instanceof NegotiationError) {
    return new LoginError(loginStatus.initiatorError, error.message);
  }
  throw error;
}
