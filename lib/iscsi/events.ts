/**
 * What a connection has to say to the log.
 *
 * @module
 */

/** Something that people want to read about. */
export type ConnectionEvent =
  | { readonly kind: "login"; readonly initiatorName: string; readonly targetName: string; readonly tsih: number }
  | {
    readonly kind: "login refused";
    readonly status: number;
    readonly message: string;
    readonly initiatorName: string;
    readonly targetName: string;
  }
  | { readonly kind: "rejected"; readonly reason: number; readonly message: string }
  | { readonly kind: "logout"; readonly reason: number };
