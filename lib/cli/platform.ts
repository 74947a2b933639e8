/**
 * What the command line does differently from one operating system to the next, all of it.
 *
 * @module
 */

/** What is particular about an operating system. */
export interface Platform {
  /** The signals with which people and service managers ask a program to end. */
  readonly stopSignals: readonly ("SIGBREAK" | "SIGINT" | "SIGTERM")[];
  /**
   * How its firewall lets initiators in on the ports from `first` to `last`; undefined where that can be left to people,
   * as the firewall keeps out nobody unless told to, and there is only the port that they chose.
   */
  readonly firewall: (first: number, last?: number) => string | undefined;
}

/** What is particular about the operating system of this name, as in `Deno.build.os`. */
export function platformOf(os: string): Platform {
  switch (os) {
    case "windows":
      return {
        // Ctrl-C and Ctrl-Break; there is no SIGTERM.
        stopSignals: ["SIGINT", "SIGBREAK"],
        firewall: (first, last = first) =>
          "New-NetFirewallRule -DisplayName Lunbox -Direction Inbound -Protocol TCP -LocalPort " +
          `${range(first, last)} -Action Allow`,
      };
    case "darwin":
      return {
        stopSignals: ["SIGINT", "SIGTERM"],
        // It goes by programs; what is between two machines goes by ports.
        firewall: (first, last = first) =>
          "if it is on, allow incoming connections for lunbox in System Settings > Network > Firewall" +
          (first === last ? "" : `; others have to let in TCP ports ${range(first, last)}`),
      };
    default:
      return {
        stopSignals: ["SIGINT", "SIGTERM"],
        firewall: (first, last = first) =>
          first === last ? undefined : `if there is one, it has to let in TCP ports ${range(first, last)}`,
      };
  }
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}
