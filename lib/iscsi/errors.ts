/**
 * The three reaches of an error on the wire: a login, a PDU, a connection. Thrown where found, caught once.
 *
 * @module
 */

/** Ends a login: the Login Response carries `status` and the connection closes (RFC 7143 §11.13.5). */
export class LoginError extends Error {
  override readonly name = "LoginError";
  /** Status-Class in the high byte, Status-Detail in the low one: one of `loginStatus`. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Ends a PDU: it is answered with a Reject, the connection goes on (RFC 7143 §11.17). */
export class RejectError extends Error {
  override readonly name = "RejectError";
  /** One of `rejectReason`. */
  readonly reason: number;

  constructor(reason: number, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Ends a connection: nothing more can be understood or said on it (RFC 7143 §7.7). */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}
