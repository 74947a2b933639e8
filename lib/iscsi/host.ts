/**
 * What the protocol asks of the house: targets, sessions, and our side of the negotiation. All answers come at once.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { DiscoveryHost } from "./discovery.ts";
import type { Login } from "./login.ts";
import type { LoginHost } from "./login_host.ts";
import type { LocalParameters } from "./parameters.ts";
import type { Session } from "./session.ts";

/** The house as the connections of one portal see it. */
export interface SessionHost extends LoginHost, DiscoveryHost {
  /** Our side of the negotiation. */
  readonly local: LocalParameters;
  /**
   * Finds or makes the session that a login which has ended well belongs to: a new one, in place of any with the same
   * initiator port and portal group (RFC 7143 §6.3.5), or the one that its TSIH names.
   *
   * @throws {LoginError} 0206h, 0208h, 020Ah, 0302h … when there can be none.
   */
  admit(login: Login, connection: Connection, cmdSn: number): Session;
}
