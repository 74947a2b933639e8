import { assertEquals } from "@std/assert";
import { crc32c } from "../../lib/bytes/crc32c.ts";
import { crc32cByBits, noise } from "../support/checksum.ts";

/** The examples of RFC 7143 Appendix A.4; digests as they lie on the wire. */
const vectors: readonly [name: string, bytes: Uint8Array, digest: number][] = [
  ["no bytes", new Uint8Array(0), 0x00000000],
  ["32 bytes of zeros", new Uint8Array(32), 0xaa36918a],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x43aba862],
  ["32 bytes of incrementing 00..1f", Uint8Array.from({ length: 32 }, (_, i) => i), 0x4e79dd46],
  ["32 bytes of decrementing 1f..00", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x5cdb3f11],
  [
    "an iSCSI SCSI Read (10) Command PDU",
    Uint8Array.from([
      ...[0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
      ...[0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18],
      ...[0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    ]),
    0x563a96d9,
  ],
];

for (const [name, bytes, digest] of vectors) {
  Deno.test(`crc32c() fits the example of the standard when given ${name}`, () => {
    assertEquals(crc32c(bytes).toString(16), digest.toString(16));
  });
}

Deno.test("crc32c() equals the bit by bit definition at any length and alignment", () => {
  const bytes = noise(9000);
  for (let length = 0; length <= 300; length++) check(bytes, length % 7, length % 7 + length);
  for (const length of [511, 512, 513, 639, 640, 641, 1000, 2047, 2048, 2049, 2051, 4096, 6143, 8191, 8990]) {
    for (let start = 0; start < 5; start++) check(bytes, start, start + length);
  }
});

Deno.test("crc32c() equals the bit by bit definition where inputs are longer than what is looked at together", () => {
  const bytes = noise(100_000);
  for (
    const length of [16383, 16384, 16385, 32768, 65535, 65536, 65537, 65663, 65664, 66_047, 81_920, 98_304, 99_990]
  ) {
    check(bytes, length & 7, (length & 7) + length);
  }
});

Deno.test("crc32c() reads only the view when that starts inside its buffer", () => {
  const buffer = noise(8192);
  for (const offset of [0, 1, 2, 3, 48, 4095]) {
    const view = buffer.subarray(offset, offset + 3000);
    assertEquals(crc32c(view), crc32c(view.slice()), `offset ${offset}`);
    assertEquals(crc32c(view, 5, 2900), crc32c(view.slice(5, 2900)), `offset ${offset}`);
  }
});

Deno.test("crc32c() chains when the digest of the first piece seeds the second", () => {
  const bytes = noise(5000);
  const whole = crc32c(bytes);
  for (const cut of [0, 1, 3, 4, 47, 48, 127, 128, 129, 511, 512, 2048, 2500, 4488, 4489, 4999, 5000]) {
    assertEquals(crc32c(bytes, cut, 5000, crc32c(bytes, 0, cut)), whole, `cut at ${cut}`);
  }
});

Deno.test("crc32c() follows buffers that take turns", () => {
  const one = noise(3000);
  const two = noise(3001);
  const first = crc32c(one);
  const second = crc32c(two);
  assertEquals([crc32c(one), crc32c(two), crc32c(one)], [first, second, first]);
});

function check(bytes: Uint8Array, start: number, end: number): void {
  assertEquals(crc32c(bytes, start, end), crc32cByBits(bytes.subarray(start, end)), `${start} to ${end}`);
}
