import { assert, assertEquals } from "@std/assert";
import { foldedRegister } from "../../lib/bytes/crc32c.ts";
import { DATA, DATA_LENGTH, FOLDED, type Folding, LATER, makeFolding } from "../../lib/bytes/crc32c_folding.ts";
import { noise, registerByBits } from "../support/checksum.ts";

/** With the instructions that not every runtime has, and without. */
const machines: readonly (readonly [name: string, folding: Folding | undefined])[] = [
  ["relaxed", makeFolding()],
  ["plain", makeFolding(false)],
];

for (const [name, folding] of machines) {
  Deno.test(`fold() puts one block with the same CRC in the place of many, with ${name} instructions`, () => {
    assert(folding !== undefined);
    for (const blocks of [1, 2, 3, 17, 127, 128, 129, 300, DATA_LENGTH / FOLDED, 128, 5]) {
      const bytes = noise(blocks * FOLDED);
      folding.memory.set(bytes, DATA);
      folding.fold(DATA, DATA + bytes.length);
      const block = folding.memory.slice(DATA - FOLDED, DATA);
      assertEquals(registerByBits(0, block), registerByBits(0, bytes), `${blocks} blocks`);
    }
  });

  Deno.test(`fold() folds each single bit of a block as it has to, with ${name} instructions`, () => {
    assert(folding !== undefined);
    for (let bit = 0; bit < FOLDED * 8; bit++) {
      const bytes = new Uint8Array(2 * FOLDED);
      bytes[bit >> 3] = 1 << (bit & 7);
      folding.memory.set(bytes, DATA);
      folding.fold(DATA, DATA + bytes.length);
      const block = folding.memory.slice(DATA - FOLDED, DATA);
      assertEquals(registerByBits(0, block), registerByBits(0, bytes), `bit ${bit}`);
    }
  });

  Deno.test(`foldedRegister() equals the bit by bit definition, with ${name} instructions`, () => {
    assert(folding !== undefined);
    const bytes = noise(200_010);
    for (
      const length of [FOLDED, FOLDED + 1, 1000, 16384, DATA_LENGTH - 1, DATA_LENGTH, DATA_LENGTH + 3, 200_001, 1000]
    ) {
      const expected = registerByBits(0x12345678, bytes.subarray(5, 5 + length));
      assertEquals(foldedRegister(folding, 0x12345678, bytes, 5, 5 + length), expected, `${length} bytes`);
    }
  });
}

Deno.test("a row and the same row in five later places have CRC 0 together, whatever is in it", () => {
  const [row, length] = [16, 16 * (Math.max(...LATER) + 1)];
  for (let bit = 0; bit < 128; bit++) {
    const bytes = new Uint8Array(length);
    for (const later of [0, ...LATER]) bytes[later * row + (bit >> 3)] = 1 << (bit & 7);
    assertEquals(registerByBits(0, bytes), 0, `bit ${bit}`);
  }
});

Deno.test("makeFolding() makes nothing where vectors are not understood", () => {
  const { validate } = WebAssembly;
  let asked = 0;
  WebAssembly.validate = () => {
    asked++;
    return false;
  };
  try {
    assertEquals([makeFolding(), asked], [undefined, 2]);
  } finally {
    WebAssembly.validate = validate;
  }
});
