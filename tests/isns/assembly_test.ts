import { assertEquals, assertThrows } from "@std/assert";
import { IsnsAssembly } from "../../lib/isns/assembly.ts";
import { encodeMessage, IsnsError, isnsHeader, numberAttribute } from "../../lib/isns/message.ts";

const short = { function: 1, flags: 0x8000, transaction: 7, attributes: [numberAttribute(17, 3260)] };
const long = { ...short, transaction: 8, attributes: Array.from({ length: 9000 }, (_, i) => numberAttribute(17, i)) };

for (const size of [1, 5, 12, 4096, 1 << 20]) {
  Deno.test(`next() finds messages in pieces of ${size} bytes`, () => {
    const bytes = [short, long, short].flatMap((message) => [...encodeMessage(message)]);
    const assembly = new IsnsAssembly();
    const found: number[][] = [];
    // The long message is fed whole where pieces are small: it is about edges, not about patience.
    const pieces = size < 12 ? [...cut(bytes.slice(0, 100), size), bytes.slice(100)] : cut(bytes, size);
    for (const piece of pieces) {
      assembly.add(Uint8Array.from(piece));
      for (let message = assembly.next(); message !== undefined; message = assembly.next()) {
        found.push([message.transaction, message.attributes.length]);
      }
    }
    assertEquals(found, [[7, 1], [8, 9000], [7, 1]]);
  });
}

const bad: readonly (readonly [what: string, fields: Partial<Record<"version" | "length" | "flags", number>>])[] = [
  ["another version", { version: 2 }],
  ["a length that is no multiple of four", { version: 1, length: 3 }],
];

for (const [what, fields] of bad) {
  Deno.test(`next() refuses ${what}`, () => {
    const assembly = new IsnsAssembly();
    assembly.add(isnsHeader.encode(fields));
    assertThrows(() => assembly.next(), IsnsError);
  });
}

Deno.test("next() refuses a message that never ends", () => {
  const assembly = new IsnsAssembly();
  const piece = isnsHeader.encode({ version: 1, function: 1, length: 65532 }, new Uint8Array(12 + 65532));
  assertThrows(
    () => {
      for (let i = 0; i < 20; i++) {
        assembly.add(piece);
        assembly.next();
      }
    },
    IsnsError,
    "Cannot gather an iSNS message",
  );
});

function cut(bytes: readonly number[], size: number): number[][] {
  const pieces: number[][] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}
