/**
 * The hashes and random bytes of this machine, for CHAP.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ChapPrimitives } from "../iscsi/chap.ts";
import type { ChapAlgorithm } from "../iscsi/chap_algorithms.ts";

const hashes: Record<ChapAlgorithm["name"], string> = {
  "MD5": "md5",
  "SHA1": "sha1",
  "SHA256": "sha256",
  "SHA3-256": "sha3-256",
};

/** What the runtime has. */
export const machineChapPrimitives: ChapPrimitives = {
  digest(algorithm, parts) {
    const hash = createHash(hashes[algorithm.name]);
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
