import { assert, assertEquals } from "@std/assert";
import { crc32c } from "../../lib/bytes/crc32c.ts";
import { readU24, readU32 } from "../../lib/bytes/layout.ts";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Sender } from "../../lib/iscsi/sender.ts";
import { CHUNK_DATA, Frame } from "../../lib/iscsi/transmit.ts";

/** Sends one PDU with `room` bytes of room and `length` bytes of data. */
function sent(sender: Sender, room: number, length = room): Uint8Array {
  const frame = new Frame();
  assert(sender.open(frame, room, false));
  frame.bytes[frame.start] = 0x25;
  frame.bytes.fill(7, sender.dataStart(frame), sender.dataStart(frame) + room);
  sender.close(frame, length);
  const bytes = sender.transmit.peek() as Uint8Array;
  const copy = bytes.slice();
  sender.transmit.sent(bytes.length);
  return copy;
}

const rows: readonly [headerDigest: boolean, dataDigest: boolean, data: number, total: number][] = [
  [false, false, 0, 48],
  [false, false, 1, 52],
  [false, false, 4, 52],
  [true, false, 5, 48 + 4 + 8],
  [false, true, 5, 48 + 8 + 4],
  [true, true, 5, 48 + 4 + 8 + 4],
  [true, true, 0, 48 + 4],
  [true, true, CHUNK_DATA, 48 + 4 + CHUNK_DATA + 4],
];

for (const [headerDigest, dataDigest, data, total] of rows) {
  const digests = `header digest ${headerDigest ? "on" : "off"}, data digest ${dataDigest ? "on" : "off"}`;
  Deno.test(`close() makes a PDU of ${total} bytes when it has ${data} bytes of data, ${digests}`, () => {
    const sender = new Sender(new BufferPool());
    sender.headerDigest = headerDigest;
    sender.dataDigest = dataDigest;
    sent(sender, 100);
    const pdu = sent(sender, data);
    assertEquals(pdu.length, total);
    assertEquals(readU24(pdu, 5), data);
    const start = 48 + (headerDigest ? 4 : 0);
    const end = data + 3 & ~3;
    if (headerDigest) assertEquals(readU32(pdu, 48), crc32c(pdu, 0, 48));
    if (dataDigest && data > 0) assertEquals(readU32(pdu, start + end), crc32c(pdu, start, start + end));
    for (let i = 0; i < end; i++) if (pdu[start + i] !== (i < data ? 7 : 0)) throw new Error(`byte ${i} is wrong`);
  });
}

Deno.test("open() clears the header when the buffer was used before", () => {
  const sender = new Sender(new BufferPool());
  sent(sender, 100);
  const pdu = sent(sender, 0);
  assertEquals(pdu.subarray(1), new Uint8Array(47));
});

Deno.test("close() sends less than there is room for, and pads that", () => {
  const sender = new Sender(new BufferPool());
  sender.dataDigest = true;
  const pdu = sent(sender, 100, 1);
  assertEquals(pdu.length, 48 + 4 + 4);
  assertEquals(pdu.subarray(48, 52), Uint8Array.of(7, 0, 0, 0));
  assertEquals(readU32(pdu, 52), crc32c(pdu, 48, 52));
});

Deno.test("open() refuses when the buffers are full, never what is urgent", () => {
  const sender = new Sender(new BufferPool());
  const frames = Array.from({ length: 8 }, () => new Frame());
  for (const frame of frames) assert(sender.open(frame, CHUNK_DATA, false));
  assertEquals(sender.open(new Frame(), CHUNK_DATA, false), false);
  assertEquals(sender.open(new Frame(), CHUNK_DATA, true), true);
});
