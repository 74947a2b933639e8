/**
 * What a login asks of the house: who is there, and how they want to be approached.
 *
 * @module
 */

import type { AuthenticationMethod } from "./authentication.ts";

/** Knows the targets. Answers at once. */
export interface LoginHost {
  /**
   * The target that a normal session is for. Names come in the form that compares equal (RFC 7143 §4.2.7.2).
   *
   * @throws {LoginError} 0202h, 0203h, 0204h, 0301h … when this initiator cannot have it now
   */
  target(name: string, initiatorName: string): LoginTarget;
  /**
   * How a discovery session is entered.
   *
   * @throws {LoginError} 0202h, 0301h … when this initiator cannot have one now
   */
  discovery(initiatorName: string): LoginDiscovery;
}

/** How a discovery session is entered. */
export interface LoginDiscovery {
  /** Methods that are good enough; the initiator's order of preference decides. */
  readonly authentication: readonly AuthenticationMethod[];
}

/** A target as a login sees it. */
export interface LoginTarget extends LoginDiscovery {
  /** 0 to 65535, of the portal that the initiator has come to (RFC 7143 §13.9). */
  readonly portalGroupTag: number;
  /** For people to read (RFC 7143 §13.6). */
  readonly alias?: string;
  /** The target is elsewhere: the login ends with status 0101h or 0102h and this address (RFC 7143 §11.13.5). */
  readonly movedTo?: TargetMove;
}

/** Where a target has gone. */
export interface TargetMove {
  /** TargetAddress without the portal group tag, for example `192.0.2.1:3260` or `[2001:db8::1]:3260`. */
  readonly address: string;
  readonly permanent: boolean;
}
