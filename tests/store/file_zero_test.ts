import { assertEquals } from "@std/assert";
import { zeroRange } from "../../lib/store/file_zero.ts";

function target(size: number): { bytes: Uint8Array; written: number[]; target: Parameters<typeof zeroRange>[0] } {
  const bytes = new Uint8Array(size).fill(1);
  const written: number[] = [];
  return {
    bytes,
    written,
    target: {
      read: (into, at) => Promise.resolve(into.set(bytes.subarray(at, at + into.length))),
      write: (from, at) => {
        written.push(at, from.length);
        return Promise.resolve(bytes.set(from, at));
      },
    },
  };
}

const piece = 1 << 18;

Deno.test("zeroRange() zeros the range and nothing else, in pieces", async () => {
  for (const keepHoles of [true, false]) {
    const { bytes, written, target: t } = target(3 * piece);
    await zeroRange(t, { at: 512, length: piece + 1024, keepHoles });
    assertEquals(written, [512, piece, 512 + piece, 1024]);
    assertEquals(bytes.subarray(512, piece + 1536).every((byte) => byte === 0), true);
    assertEquals([bytes[511], bytes[piece + 1536]], [1, 1]);
  }
});

Deno.test("zeroRange() leaves alone what is zero when it keeps holes", async () => {
  const { bytes, written, target: t } = target(3 * piece);
  bytes.fill(0);
  bytes[2 * piece - 1] = 1;
  await zeroRange(t, { at: 0, length: 3 * piece, keepHoles: true });
  assertEquals(written, [piece, piece]);
  assertEquals(bytes[2 * piece - 1], 0);
  bytes[6] = 1;
  await zeroRange(t, { at: 0, length: 7, keepHoles: true });
  assertEquals([bytes[6], written.length], [0, 4]);
});
