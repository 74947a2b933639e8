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
   * How its firewall lets initiators in on `ports`, which are one or more in ascending order; undefined where that can be
   * left to people, as the firewall keeps out nobody unless told to, and there is only the port that they chose.
   */
  readonly firewall: (ports: readonly number[]) => string | undefined;
}

/** What is particular about the operating system of this name, as in `Deno.build.os`. */
export function platformOf(os: string): Platform {
  switch (os) {
    case "windows":
      return {
        // Ctrl-C and Ctrl-Break; there is no SIGTERM.
        stopSignals: ["SIGINT", "SIGBREAK"],
        firewall: (ports) =>
          "New-NetFirewallRule -DisplayName Lunbox -Direction Inbound -Protocol TCP -LocalPort " +
          `${listed(ports)} -Action Allow`,
      };
    case "darwin":
      return {
        stopSignals: ["SIGINT", "SIGTERM"],
        // It goes by programs; what is between two machines goes by ports.
        firewall: (ports) =>
          "if it is on, allow incoming connections for lunbox in System Settings > Network > Firewall" +
          (ports.length === 1 ? "" : `; others have to let in TCP ports ${listed(ports)}`),
      };
    default:
      return {
        stopSignals: ["SIGINT", "SIGTERM"],
        firewall: (ports) =>
          ports.length === 1 ? undefined : `if there is one, it has to let in TCP ports ${listed(ports)}`,
      };
  }
}

/** The ports of workers follow each other, unless they were any free ones. */
function listed(ports: readonly number[]): string {
  const [first = 0] = ports;
  const together = ports.every((port, i) => port === first + i);
  return together && ports.length > 1 ? `${first}-${first + ports.length - 1}` : ports.join(",");
}
