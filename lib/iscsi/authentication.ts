/**
 * The seam between a login and the methods that authenticate it (RFC 7143 §6.3.2, §12.1).
 *
 * @module
 */

import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import type { TextPair } from "./text.ts";

/** A way to authenticate, as named in AuthMethod (RFC 7143 §12.1). */
export interface AuthenticationMethod {
  readonly name: "None" | "CHAP";
  /** Starts the exchange of one login. */
  begin(): AuthenticationExchange;
}

/** One login's authentication. */
export interface AuthenticationExchange {
  /**
   * Takes the security keys of one request, AuthMethod left out, and says what to answer. `done` means that the
   * initiator may leave the security stage. Asked once for every request, also when it brings no security keys.
   *
   * @throws {LoginError} 0201h when the authentication has failed, 0200h when the keys make no sense.
   */
  next(pairs: readonly TextPair[]): AuthenticationStep;
}

/** What an exchange answers. */
export interface AuthenticationStep {
  readonly pairs: readonly TextPair[];
  readonly done: boolean;
}

/** AuthMethod=None: everybody is who they say (RFC 7143 §12.1). */
export const noAuthentication: AuthenticationMethod = {
  name: "None",
  begin: () => ({ next: passWithoutKeys }),
};

function passWithoutKeys(pairs: readonly TextPair[]): AuthenticationStep {
  const [first] = pairs;
  if (first === undefined) return { pairs: [], done: true };
  throw new LoginError(loginStatus.initiatorError, `Cannot take ${first[0]}: authentication method None has no keys`);
}
