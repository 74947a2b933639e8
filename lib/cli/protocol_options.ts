/**
 * Options of `lunbox serve` that say how far the target goes along with initiators: connections of a session, error
 * recovery.
 *
 * @module
 */

import { defaultLocalParameters, type LocalParameters } from "../iscsi/parameters.ts";
import type { OptionRow } from "./args.ts";
import { UsageError } from "./errors.ts";

/** The options. */
export const protocolOptions = [
  {
    name: "session-connections",
    value: "N",
    description:
      "Connections that an initiator may put together to one session (MC/S), 1 to 64; the smaller side counts",
    default: "4",
    group: "Target",
  },
  {
    name: "error-recovery",
    value: "LEVEL",
    description:
      "Highest ErrorRecoveryLevel that initiators may have: 1 sends again what was lost or damaged, 2 also lets commands " +
      "outlive their connection; both keep what is sent in memory until it is acknowledged",
    default: "0",
    choices: ["0", "1", "2"],
    group: "Target",
  },
  {
    name: "explicit-alua",
    description:
      "Initiators may change in which state disks are at a portal group (explicit ALUA); --listen ADDR,access=STATE says " +
      "in which they are at the start",
    group: "Target",
  },
] as const satisfies readonly OptionRow[];

/** What was said of these options. */
export interface ProtocolValues {
  readonly "session-connections": string;
  readonly "error-recovery": string;
}

/**
 * Our side of the negotiation, or nothing when it is the usual one.
 *
 * @throws {UsageError} when a number cannot be
 */
export function protocolOf(values: ProtocolValues): LocalParameters | undefined {
  const text = values["session-connections"];
  const maxConnections = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (maxConnections < 1 || maxConnections > 64) {
    throw new UsageError(`Cannot use --session-connections ${JSON.stringify(text)}: it is a number from 1 to 64`);
  }
  const errorRecoveryLevel = Number(values["error-recovery"]);
  const usual = defaultLocalParameters;
  if (maxConnections === usual.maxConnections && errorRecoveryLevel === usual.errorRecoveryLevel) return undefined;
  return { ...usual, maxConnections, errorRecoveryLevel };
}
