import { assertEquals } from "@std/assert";
import { readU16, readU32 } from "../../../lib/bytes/layout.ts";
import { thirdPartyPage } from "../../../lib/scsi/copy/third_party_page.ts";

/** The descriptors of the page by their type. */
function descriptors(blockSize: number): Map<number, Uint8Array> {
  const page = thirdPartyPage(blockSize);
  const found = new Map<number, Uint8Array>();
  for (let at = 4; at < page.length; at += 4 + readU16(page, at + 2)) {
    found.set(readU16(page, at), page.subarray(at, at + 4 + readU16(page, at + 2)));
  }
  return found;
}

Deno.test("the Third-Party Copy page has its descriptors in order, each a multiple of four bytes, the limits first", () => {
  const all = descriptors(512);
  assertEquals([...all.keys()], [0x0000, 0x0001, 0x0004, 0x0008, 0x000c, 0x0106, 0x0108, 0x8001]);
  for (const bytes of all.values()) assertEquals(bytes.length % 4, 0);
  const lengths = [0x0000, 0x0004, 0x0106, 0x8001].map((type) => all.get(type)?.length);
  assertEquals(lengths, [36, 32, 48 + 40, 36]);
});

Deno.test("the Third-Party Copy page counts token transfers in blocks", () => {
  for (const blockSize of [512, 4096]) {
    const limits = descriptors(blockSize).get(0) ?? new Uint8Array(36);
    assertEquals([readU16(limits, 10), readU32(limits, 12), readU32(limits, 16)], [64, 600, 60]);
    assertEquals([readU32(limits, 24), readU32(limits, 32)], [0x1_0000_0000 / blockSize, 0x400_0000 / blockSize]);
  }
});

Deno.test("the Third-Party Copy page lists commands, descriptors and kinds of tokens", () => {
  const all = descriptors(512);
  const out = [0x83, 5, 0x00, 0x01, 0x1c, 0x10, 0x11, 0x08];
  const commands = [...all.get(0x0001) ?? []].slice(5);
  assertEquals(commands.filter((byte) => byte === 0x83 || byte === 0x84), [0x83, 0x84]);
  assertEquals(new Set(commands.slice(2, 7)), new Set(out.slice(2, 7)));
  assertEquals(new Set(commands.slice(9, 15)), new Set([0, 3, 4, 5, 7, 8]));
  assertEquals([...all.get(0x0008) ?? []].slice(4, 7), [2, 0x02, 0xe4]);
  assertEquals([...all.get(0x000c) ?? []].slice(4, 8), [0, 2, 0xff, 0xff]);
  const rods = all.get(0x0108) ?? new Uint8Array(136);
  assertEquals([readU16(rods, 6), readU32(rods, 8), rods[12]], [128, 0x0080_0001, 3]);
  assertEquals([readU32(rods, 72), rods[76]], [0xffff_0001, 2]);
});
