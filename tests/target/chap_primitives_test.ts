import { assertEquals, assertNotEquals } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { chapAlgorithms } from "../../lib/iscsi/chap_algorithms.ts";
import { machineChapPrimitives as machine } from "../../lib/target/chap_primitives.ts";

/** Hashes of "abc", as the standards of the algorithms print them. */
const ofAbc: Readonly<Record<string, string>> = {
  "MD5": "900150983cd24fb0d6963f7d28e17f72",
  "SHA1": "a9993e364706816aba3e25717850c26c9cd0d89d",
  "SHA256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  "SHA3-256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
};

for (const algorithm of chapAlgorithms) {
  Deno.test(`digest() joins its parts and hashes them by ${algorithm.name}`, () => {
    const parts = [Uint8Array.of(0x61), new Uint8Array(0), Uint8Array.of(0x62, 0x63)];
    const hash = machine.digest(algorithm, parts);
    assertEquals([encodeHex(hash), hash.length], [ofAbc[algorithm.name], algorithm.length]);
  });
}

Deno.test("random() gives as many bytes as are asked for, others each time", () => {
  const first = machine.random(32);
  assertEquals(first.length, 32);
  assertNotEquals(first, machine.random(32));
});
