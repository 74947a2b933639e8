/**
 * Checksums of files, in the form that `sha256sum --check` reads.
 *
 * @module
 */

import { encodeHex } from "../../lib/bytes/encoding.ts";

/** SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The text of SHA256SUMS for files and their checksums: binary mode, in the order of the names. */
export function sumsText(sums: ReadonlyMap<string, string>): string {
  const sorted = [...sums].sort(([a], [b]) => a < b ? -1 : 1);
  return sorted.map(([name, sum]) => `${sum} *${name}\n`).join("");
}
