import { assertEquals } from "@std/assert";
import { completeSector, sectorSize } from "../../lib/scsi/disc_sector.ts";
import { pattern } from "../support/cdbs.ts";

/** A sector with `data` as the block at `lba`; what was in it before shows when it is not overwritten. */
function sectorOf(data: Uint8Array, lba: number): Uint8Array {
  const sector = new Uint8Array(sectorSize).fill(0x5a);
  sector.set(data, 16);
  completeSector(sector, lba);
  return sector;
}

const CONTENTS: readonly (readonly [what: string, data: Uint8Array])[] = [
  ["zeros", new Uint8Array(2048)],
  ["ones", new Uint8Array(2048).fill(0xff)],
  ["a single bit", Uint8Array.from({ length: 2048 }, (_, i) => i === 1023 ? 0x80 : 0)],
  ["a pattern", pattern(2048)],
];
const ADDRESSES = [
  [0, [0x00, 0x02, 0x00]],
  [74, [0x00, 0x02, 0x74]],
  [4349, [0x00, 0x59, 0x74]],
  [4350, [0x01, 0x00, 0x00]],
  [359_999, [0x80, 0x01, 0x74]],
] as const;

Deno.test("completeSector() begins with the sync field, the address in BCD and the mode", () => {
  const sync = [0, ...new Array<number>(10).fill(0xff), 0];
  for (const [lba, address] of ADDRESSES) {
    assertEquals([...sectorOf(pattern(2048), lba).subarray(0, 16)], [...sync, ...address, 1], String(lba));
  }
});

Deno.test("completeSector() leaves the user data alone, and eight zeros behind the EDC", () => {
  for (const [what, data] of CONTENTS) {
    const sector = sectorOf(data, 1234);
    assertEquals(sector.subarray(16, 2064), data, what);
    assertEquals(sector.subarray(2068, 2076), new Uint8Array(8), what);
  }
});

/** What another implementation makes of sectors: the EDC, the start of P, where P ends and Q begins, and the end of Q. */
const KNOWN: readonly (readonly [lba: number, data: Uint8Array, codes: readonly [number, string][]])[] = [
  [0, new Uint8Array(2048), [
    [2064, "c5 13 68 2b 00 00 00 00 00 00 00 00 00 f7 00 f5 00 00 00 00"],
    [2240, "00 00 00 00 00 00 00 00 00 41 00 00 00 00 00 00"],
    [2344, "00 00 00 90 00 c1 00 12"],
  ]],
  [16, pattern(2048), [
    [2064, "70 04 39 07 00 00 00 00 00 00 00 00 46 97 b0 5e c0 95 93 cc"],
    [2240, "6b 39 8a f2 c1 e4 a9 8f af f0 81 18 0b 0f 9f 3a"],
    [2344, "2b b2 7e 61 76 2e 35 b9"],
  ]],
  [359_999, new Uint8Array(2048).fill(0xff), [
    [2064, "33 b9 8f f4 00 00 00 00 00 00 00 00 c7 39 94 39 66 66 66 66"],
    [2240, "85 85 85 85 85 85 85 85 db f8 b0 b0 af af 91 91"],
    [2344, "b7 b7 1f 04 1e aa 11 1c"],
  ]],
];

Deno.test("completeSector() computes what others compute", () => {
  for (const [lba, data, codes] of KNOWN) {
    const sector = sectorOf(data, lba);
    for (const [at, expected] of codes) {
      const bytes = expected.split(" ").map((pair) => parseInt(pair, 16));
      assertEquals([...sector.subarray(at, at + bytes.length)], bytes, `${lba}, byte ${at}`);
    }
  }
});

Deno.test("completeSector() makes all up to the EDC divisible by both factors of its polynomial", () => {
  for (const [what, data] of CONTENTS) {
    for (const [lba] of ADDRESSES) {
      const sector = sectorOf(data, lba);
      for (const factor of [0x1_8005, 0x1_0007]) {
        assertEquals(divide(sector.subarray(0, 2068), factor), 0, `${what}, ${lba}`);
      }
      sector[1000] = (sector[1000] as number) ^ 0x10;
      assertEquals(divide(sector.subarray(0, 2068), 0x1_8005) !== 0, true);
    }
  }
});

Deno.test("completeSector() makes all syndromes of the P and Q codes zero", () => {
  for (const [what, data] of CONTENTS) {
    for (const [lba] of ADDRESSES) assertEquals(wrongCodes(sectorOf(data, lba)), [], `${what}, ${lba}`);
  }
});

Deno.test("completeSector() gives each byte behind the sync field a P code and a Q code, the Q parity one of its own", () => {
  for (let at = 12; at < sectorSize; at += 13) {
    const sector = sectorOf(pattern(2048), 4711);
    sector[at] = (sector[at] as number) ^ 0x81;
    const wrong = wrongCodes(sector);
    assertEquals(wrong.map((code) => code[0]), at < 2248 ? ["p", "q"] : ["q"], String(at));
  }
});

/** The remainder of a polynomial of degree 16, each byte beginning with its least significant bit. */
function divide(bytes: Uint8Array, divisor: number): number {
  let rest = 0;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      rest = rest << 1 | byte >> bit & 1;
      if (rest & 0x1_0000) rest ^= divisor;
    }
  }
  return rest;
}

/** The powers of 2 in the field with 256 elements. */
const powers: number[] = [1];
for (let i = 1; i < 45; i++) powers.push(times(powers[i - 1] as number, 2));

/** The codes whose parity check matrix, (1 1 ... 1; a^n-1 ... a 1), does not give zero (ECMA-130, annex A). */
function wrongCodes(sector: Uint8Array): string[] {
  const wrong: string[] = [];
  const word = (index: number, low: number): number => sector[12 + 2 * index + low] as number;
  for (const low of [0, 1]) {
    for (let n = 0; n < 43; n++) {
      if (!fits(Array.from({ length: 26 }, (_, m) => word(43 * m + n, low)))) wrong.push(`p${n}/${low}`);
    }
    for (let n = 0; n < 26; n++) {
      const data = Array.from({ length: 43 }, (_, m) => word((44 * m + 43 * n) % 1118, low));
      if (!fits([...data, word(1118 + n, low), word(1144 + n, low)])) wrong.push(`q${n}/${low}`);
    }
  }
  return wrong.sort();
}

function fits(code: readonly number[]): boolean {
  let sum = 0;
  let weighted = 0;
  code.forEach((value, index) => {
    sum ^= value;
    weighted ^= times(value, powers[code.length - 1 - index] as number);
  });
  return sum === 0 && weighted === 0;
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if (b >> bit & 1) product ^= a << bit;
  for (let bit = 14; bit >= 8; bit--) if (product >> bit & 1) product ^= 0x11d << bit - 8;
  return product;
}
