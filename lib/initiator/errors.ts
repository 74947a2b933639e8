/**
 * How a session of our initiator can fail. What a command answers, CHECK CONDITION included, is a result and no error.
 *
 * @module
 */

import { loginStatus } from "../iscsi/constants.ts";

/** The target refused the login. */
export class LoginRefusedError extends Error {
  override readonly name = "LoginRefusedError";
  /** Status-Class in the high byte, Status-Detail in the low one (RFC 7143 §11.13.5). */
  readonly status: number;
  /** Where the target has moved, as `host[:port][,tag]`; only with status 0101h and 0102h. */
  readonly address: string | undefined;

  constructor(status: number, address?: string) {
    super(
      `Cannot log in: the target says ${describeLoginStatus(status)}${address === undefined ? "" : ` to ${address}`}`,
    );
    this.status = status;
    this.address = address;
  }
}

/** The target did not prove who it is, or authenticates otherwise than we can (RFC 7143 §12.1.3). */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";
}

/** The session is over: the target closed the connection, or we did. */
export class SessionClosedError extends Error {
  override readonly name = "SessionClosedError";
}

/** The target did not answer in time; the session is over. */
export class AnswerTimeoutError extends Error {
  override readonly name = "AnswerTimeoutError";
}

/** The target answered a command with another service response than "command completed" (RFC 7143 §11.4.3). */
export class TargetFailureError extends Error {
  override readonly name = "TargetFailureError";
  /** The service response, 01h to FFh. */
  readonly response: number;

  constructor(response: number) {
    super(`Cannot complete the command: the target failed with response ${response}`);
    this.response = response;
  }
}

/** A login status in words and digits: `not found (0203h)`. */
export function describeLoginStatus(status: number): string {
  const digits = `${status.toString(16).padStart(4, "0")}h`;
  for (const [name, value] of Object.entries(loginStatus)) {
    if (value === status) return `${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} (${digits})`;
  }
  return `status ${digits}`;
}
