/**
 * CHAP from the initiator's side, and random bytes that a test knows.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { encodeBase64, encodeBinary } from "../../lib/bytes/encoding.ts";
import type { ChapPrimitives } from "../../lib/iscsi/chap.ts";
import { decodeBinary } from "../../lib/bytes/encoding.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { Prng } from "./prng.ts";

/** Hashes of node:crypto by the number of the algorithm. */
const hashes: Readonly<Record<number, string>> = { 5: "md5", 6: "sha1", 7: "sha256", 8: "sha3-256" };

/** What an initiator is asked. */
export interface Asked {
  readonly algorithm: number;
  readonly identifier: number;
  readonly challenge: Uint8Array;
}

/** Reads CHAP_A, CHAP_I and CHAP_C. */
export function askedBy(pairs: Iterable<TextPair>): Asked {
  const keys = new Map(pairs);
  const challenge = decodeBinary(keys.get("CHAP_C") ?? "");
  if (challenge === undefined) throw new Error(`Cannot read CHAP_C: ${keys.get("CHAP_C")}`);
  return { algorithm: Number(keys.get("CHAP_A")), identifier: Number(keys.get("CHAP_I")), challenge };
}

/** The right answer (RFC 1994 §4.1). */
export function answerTo({ algorithm, identifier, challenge }: Asked, secret: string): Uint8Array {
  const hash = createHash(hashes[algorithm] ?? "");
  return new Uint8Array(hash.update(Uint8Array.of(identifier)).update(secret).update(challenge).digest());
}

/** CHAP_N and CHAP_R, the answer in hexadecimal. */
export function credentials(asked: Asked, user: string, secret: string): TextPair[] {
  return [["CHAP_N", user], ["CHAP_R", encodeBinary(answerTo(asked, secret))]];
}

/** A binary value in base64. */
export function base64(bytes: Uint8Array): string {
  return `0b${encodeBase64(bytes)}`;
}

/** Real hashes, and random bytes that are the same at every run. */
export function testPrimitives(seed = 1): ChapPrimitives {
  const prng = new Prng(seed);
  return {
    digest({ code }, parts) {
      const hash = createHash(hashes[code] ?? "");
      for (const part of parts) hash.update(part);
      return new Uint8Array(hash.digest());
    },
    random: (length) => prng.fill(new Uint8Array(length)),
  };
}
