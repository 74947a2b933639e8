/**
 * Data to the target that breaks the rules, beyond what laboratories check (RFC 7143 §11.4.7.2, §11.7).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { dataOut, r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { LogIn } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

const unexpected = "b/0c/0c";

const incorrect = "b/0c/0d";

const onRequest: LogIn = { keys: { InitialR2T: "Yes", ImmediateData: "Yes" } };

story("Data-Out that ends too early ends its command with the right sense", (house) => {
  const peer = house.session(onRequest);
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const { targetTransferTag } = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag }, pattern(512));
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
});

story("Unasked data where only R2Ts bring data is rejected and ends its command", (house) => {
  const peer = house.session(onRequest);
  const data = pattern(1024);
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const request = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag }, data);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  peer.expectNothing();
  sendSequence(peer, request, data);
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, unexpected, []]);
});

story("Data-Out of one connection does not reach the tasks of another session", (house) => {
  const peer = house.session(onRequest);
  const other = house.session({ ...onRequest, isid: 2 });
  const tag = peer.command(write10(0, 1), { write: 512 });
  const request = peer.expect(r2t);
  other.send(dataOut, { initiatorTaskTag: tag, targetTransferTag: request.targetTransferTag }, pattern(512, 9));
  assertEquals(other.rejected(), rejectReason.protocolError);
  sendSequence(peer, request, pattern(512));
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, 512), pattern(512));
});

story("The last transfer tag of a finished command no longer works, without a word", (house) => {
  const peer = house.session(onRequest);
  const tag = peer.command(write10(0, 1), { write: 512 });
  const request = peer.expect(r2t);
  sendSequence(peer, request, pattern(512));
  assertEquals(peer.ending().status, 0);
  sendSequence(peer, request, pattern(512, 2));
  peer.expectNothing();
  assertEquals(house.store.bytes(0, 512), pattern(512));
  peer.command(write10(0, 1), { write: 512, initiatorTaskTag: tag });
  const again = peer.expect(r2t);
  sendSequence(peer, request, pattern(512, 2));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  sendSequence(peer, again, pattern(512, 3));
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, 512), pattern(512, 3));
});

story("A WRITE that is wrong from the start asks for no data", (house) => {
  const peer = house.session(onRequest);
  peer.command(write10(0xffff0000, 2), { write: 1024 });
  assertEquals(peer.ending().sense, "5/21/00");
  peer.command(read10(0, 1), { read: 512 });
  assertEquals(peer.ending().status, 0);
});
