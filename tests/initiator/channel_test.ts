import { assertEquals, assertRejects } from "@std/assert";
import { PduChannel, type Transport } from "../../lib/initiator/channel.ts";
import { SessionClosedError } from "../../lib/initiator/errors.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import { memoryPair } from "../support/memory_pair.ts";
import { buildPdu } from "../support/pdu_bytes.ts";

const nowhere = { place: () => undefined };
const plain = { headerDigest: false, dataDigest: false };

Deno.test("receive() gives the same PDUs when the stream is cut anywhere", async () => {
  for (const most of [1, 47, 48, 49, 1000, 100000]) {
    const [near, far] = memoryPair({ most });
    const channel = new PduChannel(near, nowhere);
    channel.deframer.maxDataSegmentLength = 30000;
    const lengths = [0, 1, 16385, 3, 30000, 0];
    const sending = writeAll(far, lengths.map((length, i) => pdu(i, length)));
    for (const [i, length] of lengths.entries()) {
      const received = await channel.receive();
      assertEquals(nopIn.initiatorTaskTag.get(received?.bytes ?? new Uint8Array(48), received?.base), i);
      assertEquals(received?.data, new Uint8Array(length).fill(i));
    }
    await sending;
    far.close();
    assertEquals(await channel.receive(), undefined);
    channel.close();
  }
});

Deno.test("send() gathers what came up while a write was under way", async () => {
  const writes: number[] = [];
  let go: (() => void) | undefined;
  const transport: Transport = {
    read: () => new Promise(() => {}),
    write: async (from) => {
      writes.push(from.length);
      await new Promise<void>((resolve) => go = resolve);
      return from.length;
    },
    close: () => {},
  };
  const channel = new PduChannel(transport, nowhere);
  const header = nopOut.encode({ final: true });
  for (let i = 0; i < 5; i++) channel.send(header);
  channel.send(header, new Uint8Array(70000));
  channel.send(header);
  for (let i = 0; i < 4; i++) {
    go?.();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  assertEquals(writes, [48, 192, 70048, 48]);
});

Deno.test("send() goes on where a short write left off", async () => {
  const [near, far] = memoryPair({ most: 5 });
  const channel = new PduChannel(near, nowhere);
  channel.headerDigest = channel.dataDigest = true;
  const values = { initiatorTaskTag: 3, targetTransferTag: 4, final: true };
  channel.send(nopOut.encode(values), Uint8Array.of(1, 2, 3));
  const expected = buildPdu(nopOut, values, { headerDigest: true, dataDigest: true }, Uint8Array.of(1, 2, 3));
  const received: number[] = [];
  while (received.length < expected.length) {
    const piece = new Uint8Array(64);
    received.push(...piece.subarray(0, await far.read(piece) ?? 0));
  }
  assertEquals(Uint8Array.from(received), expected);
  channel.close();
});

Deno.test("receive() fails when a write has failed", async () => {
  const [near, far] = memoryPair();
  const channel = new PduChannel({ ...bound(near), write: () => Promise.reject(new Error("broken pipe")) }, nowhere);
  const receiving = channel.receive();
  channel.send(nopOut.encode({}));
  await assertRejects(() => receiving, SessionClosedError, "broken pipe");
  far.close();
});

Deno.test("receive() fails when a read fails, and ends when we have closed", async () => {
  const [near] = memoryPair();
  const failing = new PduChannel({ ...bound(near), read: () => Promise.reject(new Error("reset")) }, nowhere);
  await assertRejects(() => failing.receive(), SessionClosedError, "reset");
  const [other] = memoryPair();
  const closing = new PduChannel(other, nowhere);
  closing.close();
  closing.close();
  closing.send(nopOut.encode({}));
  assertEquals(await closing.receive(), undefined);
});

Deno.test("receive() fails when the stream makes no sense", async () => {
  const [near, far] = memoryPair();
  const channel = new PduChannel(near, nowhere);
  await far.write(pdu(0, 8193));
  await assertRejects(() => channel.receive(), ConnectionError, "8193");
  channel.close();
});

function pdu(initiatorTaskTag: number, length: number): Uint8Array<ArrayBuffer> {
  return buildPdu(nopIn, { initiatorTaskTag }, plain, new Uint8Array(length).fill(initiatorTaskTag));
}

async function writeAll(transport: Transport, pdus: readonly Uint8Array[]): Promise<void> {
  for (let bytes of pdus) {
    while (bytes.length > 0) bytes = bytes.subarray(await transport.write(bytes));
  }
}

function bound(transport: Transport): Transport {
  return {
    read: (into) => transport.read(into),
    write: (from) => transport.write(from),
    close: () => transport.close(),
  };
}
