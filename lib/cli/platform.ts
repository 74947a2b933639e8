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
   * How its firewall lets initiators in on the ports from `first` to `last`, for those whose firewall keeps them out
   * unless told otherwise.
   */
  readonly firewall?: (first: number, last?: number) => string;
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
          `${first === last ? first : `${first}-${last}`} -Action Allow`,
      };
    case "darwin":
      return {
        stopSignals: ["SIGINT", "SIGTERM"],
        firewall: () => "if it is on, allow incoming connections for lunbox in System Settings > Network > Firewall",
      };
    default:
      return { stopSignals: ["SIGINT", "SIGTERM"] };
  }
}
