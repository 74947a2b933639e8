import { assert, assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Deframer } from "../../lib/iscsi/deframer.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { pduStream } from "../../lib/net/pdu_stream.ts";
import { FakeSocket } from "../support/fake_socket.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";

/** The PDUs of a fake socket. */
function open() {
  const socket = new FakeSocket();
  const deframer = new Deframer({ place: () => undefined }, new BufferPool());
  let waits = 0;
  const reader = pduStream(socket, deframer, () => waits++).getReader();
  const initiator = new ScriptedInitiator();
  const ping = (length: number) => initiator.pdu(nopOut, {}, new Uint8Array(length));
  return { socket, reader, ping, waits: () => waits };
}

Deno.test("a stream gives the PDUs of one read one by one, and tells when it waits", async () => {
  const { socket, reader, ping, waits } = open();
  socket.send(new Uint8Array([...ping(1), ...ping(2), ...ping(3)]));
  const lengths: number[] = [];
  for (let i = 0; i < 3; i++) lengths.push((await reader.read()).value?.dataLength ?? -1);
  assertEquals([lengths, waits()], [[1, 2, 3], 1]);
  socket.endInput();
  assertEquals((await reader.read()).done, true);
  assertEquals(waits(), 2);
});

Deno.test("a stream reads no further than it is asked for", async () => {
  const { socket, reader, ping } = open();
  socket.send(ping(1));
  await reader.read();
  socket.send(ping(2));
  await Promise.resolve();
  assertEquals(socket.unread, 52);
});

Deno.test("a stream joins a PDU that comes in pieces", async () => {
  const { socket, reader, ping } = open();
  const bytes = ping(100);
  for (let at = 0; at < bytes.length; at += 10) socket.send(bytes.subarray(at, at + 10));
  assertEquals((await reader.read()).value?.dataLength, 100);
});

Deno.test("a stream ends with the socket, also in the middle of a PDU", async () => {
  const { socket, reader, ping } = open();
  socket.send(ping(100).subarray(0, 60));
  socket.endInput();
  assertEquals((await reader.read()).done, true);
});

Deno.test("a stream fails when the socket does", async () => {
  const { socket, reader } = open();
  const reading = reader.read();
  socket.close();
  await assertRejects(() => reading, Error, "the socket is closed");
});

Deno.test("a stream fails when what comes makes no sense", async () => {
  const { socket, reader } = open();
  socket.send(new Uint8Array(100).fill(0xff));
  const reading = reader.read();
  socket.send(new Uint8Array(1024).fill(0xff));
  await assertRejects(() => reading, ConnectionError, "Cannot receive a data segment");
  assert(!socket.closed);
});
