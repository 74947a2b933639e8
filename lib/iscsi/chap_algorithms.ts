/**
 * The hashes of CHAP (RFC 7143 §12.1.3; numbers as in IANA's registry "PPP Authentication Algorithms").
 *
 * @table
 * @module
 */

/** A hash that CHAP may use. */
export interface ChapAlgorithm {
  /** As open-iscsi and people call it. */
  readonly name: "MD5" | "SHA1" | "SHA256" | "SHA3-256";
  /** In CHAP_A. */
  readonly code: number;
  /** Bytes of its result. */
  readonly length: number;
}

/** All of them, the one that we like best first. MD5 is last, but what many initiators have is nothing else. */
export const chapAlgorithms: readonly ChapAlgorithm[] = [
  { name: "SHA3-256", code: 8, length: 32 },
  { name: "SHA256", code: 7, length: 32 },
  { name: "SHA1", code: 6, length: 20 },
  { name: "MD5", code: 5, length: 16 },
];
