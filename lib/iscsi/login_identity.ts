/**
 * The first text of a login: who the initiator is and what it wants (RFC 7143 §6.3.1, §13.4, §13.5, §13.21).
 *
 * @module
 */

import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import type { LoginHost, LoginTarget } from "./login_host.ts";
import { isIscsiName, normalizeIscsiName } from "./names.ts";
import type { AuthenticationMethod } from "./authentication.ts";

/** What a session is for (RFC 7143 §13.21). */
export type SessionType = "Normal" | "Discovery";

/** Who logs in, and to what. */
export interface LoginIdentity {
  /** In the form that compares equal. */
  readonly initiatorName: string;
  readonly sessionType: SessionType;
  /** In the form that compares equal; of a normal session. */
  readonly targetName?: string;
  /** Of a normal session. */
  readonly target?: LoginTarget;
  /** Methods that are good enough. */
  readonly authentication: readonly AuthenticationMethod[];
}

/**
 * Reads the declarations of a login's first text.
 *
 * @throws {LoginError} 0200h for a name that is none, 0203h for an unknown target, 0207h for a missing name, 0209h for
 * an unknown session type, and whatever `host` says
 */
export function identify(declared: ReadonlyMap<string, string>, host: LoginHost): LoginIdentity {
  const initiator = required(declared, "InitiatorName");
  if (!isIscsiName(initiator)) {
    throw new LoginError(loginStatus.initiatorError, `Cannot log in ${quote(initiator)}: it is no iSCSI name`);
  }
  const initiatorName = normalizeIscsiName(initiator);
  const sessionType = readSessionType(declared.get("SessionType") ?? "Normal");
  if (sessionType === "Discovery") {
    return { initiatorName, sessionType, authentication: host.discovery(initiatorName).authentication };
  }
  const wanted = required(declared, "TargetName");
  if (!isIscsiName(wanted)) {
    throw new LoginError(loginStatus.notFound, `Cannot find target ${quote(wanted)}: it is no iSCSI name`);
  }
  const targetName = normalizeIscsiName(wanted);
  const target = host.target(targetName, initiatorName);
  return { initiatorName, sessionType, targetName, target, authentication: target.authentication };
}

function required(declared: ReadonlyMap<string, string>, name: string): string {
  const value = declared.get(name);
  if (value !== undefined && value !== "") return value;
  throw new LoginError(loginStatus.missingParameter, `Cannot log in: the first request has no ${name}`);
}

function readSessionType(value: string): SessionType {
  if (value === "Normal" || value === "Discovery") return value;
  throw new LoginError(
    loginStatus.sessionTypeNotSupported,
    `Cannot open a session of type ${quote(value)}: there are Normal and Discovery`,
  );
}

function quote(value: string): string {
  return JSON.stringify(value);
}
