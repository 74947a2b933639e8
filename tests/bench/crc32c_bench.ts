/**
 * What a digest costs: of a header, and of data segments of usual sizes. `deno bench tests/bench/crc32c_bench.ts`
 *
 * @module
 */

import { crc32c, foldedRegister } from "../../lib/bytes/crc32c.ts";
import { makeFolding } from "../../lib/bytes/crc32c_folding.ts";
import { crc32cRegister } from "../../lib/bytes/crc32c_table.ts";
import { noise } from "../support/checksum.ts";

const bytes = noise(1 << 20);
const plain = makeFolding(false);

const ways: [name: string, run: (length: number) => number][] = [
  ["crc32c()", (length) => crc32c(bytes, 64, 64 + length)],
  ["by tables", (length) => crc32cRegister(-1, bytes, 64, 64 + length)],
];
if (plain !== undefined) ways.push(["as in older runtimes", (n) => foldedRegister(plain, -1, bytes, 64, 64 + n)]);

/** Bytes that one iteration takes at least, so that the clock is not what is measured. */
const BATCH = 1 << 20;

for (const length of [48, 512, 4096, 8192, 65536, 262144]) {
  const times = Math.ceil(BATCH / length);
  for (const [name, run] of ways) {
    if (length < 128 && name.includes("older")) continue;
    Deno.bench(`${name}: ${times} times ${length} bytes`, { group: `${length}`, baseline: name === "crc32c()" }, () => {
      for (let i = 0; i < times; i++) run(length);
    });
  }
}
