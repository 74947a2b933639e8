/**
 * What happens on connections, as lines of the log.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { ConnectionEvent } from "../iscsi/events.ts";

/** Writes an event to the log; `peer` is where the initiator is. */
export function logEvent(log: Logger, peer: string, event: ConnectionEvent): void {
  switch (event.kind) {
    case "login":
      log.info("login", {
        peer,
        initiator: event.initiatorName,
        target: event.targetName || "(discovery)",
        tsih: event.tsih,
      });
      return;
    case "login refused":
      log[sentOn(event.status) ? "info" : "warn"](sentOn(event.status) ? "login sent on" : "login refused", {
        peer,
        initiator: event.initiatorName,
        target: event.targetName,
        status: event.status.toString(16).padStart(4, "0"),
        reason: event.message,
      });
      return;
    case "rejected":
      log.warn("PDU rejected", { peer, code: event.reason, reason: event.message });
      return;
    case "logout":
      log.info("logout", { peer });
      return;
  }
}

/** The status class of redirection, which nobody need look into (RFC 7143 §11.13.5). */
function sentOn(status: number): boolean {
  return status >> 8 === 1;
}
