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
  const reader = pduStream(socket, deframer).getReader();
  const initiator = new ScriptedInitiator();
  const ping = (length: number) => initiator.pdu(nopOut, {}, new Uint8Array(length));
  /** The lengths of the PDUs of the next arrival; `undefined` at the end. */
  const arrival = async (): Promise<number[] | undefined> => {
    const { value, done } = await reader.read();
    if (done) return undefined;
    const lengths: number[] = [];
    for (let pdu = value.next(); pdu !== undefined; pdu = value.next()) lengths.push(pdu.dataLength);
    return lengths;
  };
  return { socket, reader, ping, arrival };
}

Deno.test("a stream gives the PDUs of one read as one arrival", async () => {
  const { socket, ping, arrival } = open();
  socket.send(new Uint8Array([...ping(1), ...ping(2), ...ping(3)]));
  assertEquals(await arrival(), [1, 2, 3]);
  socket.endInput();
  assertEquals(await arrival(), undefined);
});

Deno.test("a stream reads no further than it is asked for", async () => {
  const { socket, ping, arrival } = open();
  socket.send(ping(1));
  await arrival();
  socket.send(ping(2));
  await Promise.resolve();
  assertEquals(socket.unread, 52);
});

Deno.test("a stream joins a PDU that comes in pieces", async () => {
  const { socket, ping, arrival } = open();
  const bytes = ping(100);
  for (let at = 0; at < bytes.length; at += 50) socket.send(bytes.subarray(at, at + 50));
  assertEquals([await arrival(), await arrival(), await arrival()], [[], [], [100]]);
});

Deno.test("a stream ends with the socket, also in the middle of a PDU", async () => {
  const { socket, ping, arrival } = open();
  socket.send(ping(100).subarray(0, 60));
  socket.endInput();
  assertEquals([await arrival(), await arrival()], [[], undefined]);
});

Deno.test("a stream fails when the socket does", async () => {
  const { socket, reader } = open();
  const reading = reader.read();
  socket.close();
  await assertRejects(() => reading, Error, "the socket is closed");
});

Deno.test("an arrival fails when it makes no sense", async () => {
  const { socket, arrival } = open();
  socket.send(new Uint8Array(100).fill(0xff));
  assertEquals(await arrival(), []);
  socket.send(new Uint8Array(1024).fill(0xff));
  await assertRejects(arrival, ConnectionError, "Cannot receive a data segment");
  assert(!socket.closed);
});
