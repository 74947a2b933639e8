/**
 * What went wrong with a target that a command has asked, and how to go on.
 *
 * @module
 */

import { LoginRefusedError } from "../initiator/errors.ts";
import { loginStatus } from "../iscsi/constants.ts";
import { reasonOf } from "../store/errors.ts";
import { messageOf } from "./errors.ts";
import { formatPortal, type Portal } from "./portal.ts";

/** Which target was asked, and how. */
export interface Asked {
  readonly portal: Portal;
  /** With a CHAP user and its secret. */
  readonly chap: boolean;
}

/**
 * Puts what the operating system says of a connection into words of ours, and says how to go on after a refused login.
 * Errors of ours, and defects, stay what they are.
 */
export function explainTarget(error: unknown, { portal, chap }: Asked): unknown {
  if (error instanceof LoginRefusedError) {
    const way = wayOut(error.status, { portal, chap });
    const message = `${error.message}; ${way}`;
    return way === undefined ? error : new Error(message, { cause: error });
  }
  const defect = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  if (defect || messageOf(error).startsWith("Cannot ")) return error;
  return new Error(`Cannot reach ${formatPortal(portal)}: ${reasonOf(error)}`, { cause: error });
}

function wayOut(status: number, { portal, chap }: Asked): string | undefined {
  switch (status) {
    case loginStatus.authenticationFailure:
      return chap ? "it knows another secret, or not this user" : "where it asks for CHAP, say --chap USER";
    case loginStatus.authorizationFailure:
      return "say who you are by --initiator NAME";
    case loginStatus.notFound:
      return `lunbox discover ${formatPortal(portal)} lists its targets`;
    case loginStatus.initiatorError:
      return chap ? "old targets may need --chap-algorithms MD5" : undefined;
    default:
      return undefined;
  }
}
