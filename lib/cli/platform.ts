/**
 * What the command line does differently from one operating system to the next, all of it.
 *
 * @module
 */

/** What is particular about an operating system. */
export interface Platform {
  /** The signals with which people and service managers ask a program to end. */
  readonly stopSignals: readonly ("SIGBREAK" | "SIGINT" | "SIGTERM")[];
  /** How its firewall lets initiators in on a port, for those whose firewall keeps them out unless told otherwise. */
  readonly firewall?: (port: number) => string;
}

/** What is particular about the operating system of this name, as in `Deno.build.os`. */
export function platformOf(os: string): Platform {
  switch (os) {
    case "windows":
      return {
        // Ctrl-C and Ctrl-Break; there is no SIGTERM.
        stopSignals: ["SIGINT", "SIGBREAK"],
        firewall: (port) =>
          `New-NetFirewallRule -DisplayName Lunbox -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow`,
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
