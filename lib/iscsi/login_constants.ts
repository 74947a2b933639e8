/**
 * What every request of a login has to repeat (RFC 7143 §11.12.4 to §11.12.7).
 *
 * @module
 */

import { ISCSI_VERSION, loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import { loginRequest } from "./pdu/login.ts";

/** The fields of a login that stay. */
export interface LoginConstants {
  readonly isid: Uint8Array;
  readonly tsih: number;
  readonly cid: number;
  readonly versionMax: number;
}

/**
 * Reads the constants of a request and holds them against those of the first.
 *
 * @returns the constants of the first request
 * @throws {LoginError} 0200h when one has changed, 0205h when we do not speak the initiator's versions
 */
export function keepConstants(header: Uint8Array, first: LoginConstants | undefined): LoginConstants {
  const now: LoginConstants = {
    isid: loginRequest.isid.get(header).slice(),
    tsih: loginRequest.tsih.get(header),
    cid: loginRequest.cid.get(header),
    versionMax: loginRequest.versionMax.get(header),
  };
  const versionMin = loginRequest.versionMin.get(header);
  if (versionMin > ISCSI_VERSION) {
    throw new LoginError(
      loginStatus.unsupportedVersion,
      `Cannot speak versions ${versionMin} to ${now.versionMax}: the only one is ${ISCSI_VERSION}`,
    );
  }
  if (first === undefined) return now;
  for (const { name, same } of comparisons) {
    if (same(first, now)) continue;
    throw new LoginError(loginStatus.initiatorError, `Cannot go on with the login: the ${name} has changed`);
  }
  return first;
}

const comparisons: readonly { name: string; same(a: LoginConstants, b: LoginConstants): boolean }[] = [
  { name: "ISID", same: (a, b) => a.isid.every((byte, at) => byte === b.isid[at]) },
  { name: "TSIH", same: (a, b) => a.tsih === b.tsih },
  { name: "CID", same: (a, b) => a.cid === b.cid },
  { name: "Version-max", same: (a, b) => a.versionMax === b.versionMax },
];
