/**
 * Data to the target that breaks the rules: items 7.1, 7.2, 14.1, 16.3.2, 16.3.4, 16.3.6, 16.4.1, 16.4.2 and 16.5 of the
 * full feature phase list (RFC 7143 §11.4.7.2, §11.7).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Values } from "../../lib/bytes/layout.ts";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { bhs, dataOut, r2t, reject, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { LogIn } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

const unexpected = "b/0c/0c";
const incorrect = "b/0c/0d";
const onRequest: LogIn = { keys: { InitialR2T: "Yes", ImmediateData: "Yes" } };
const unasked: LogIn = { keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "1024" } };
const local = { initialR2T: false };

/** Immediate data that should not be there. */
const immediates = [
  { name: "though ImmediateData is No", keys: { ImmediateData: "No" }, write: 512, length: 512 },
  { name: "beyond FirstBurstLength", keys: { FirstBurstLength: "512" }, write: 1024, length: 1024 },
  { name: "beyond the expected length", keys: {}, write: 512, length: 516 },
  { name: "with a command that reads", keys: {}, read: 512, length: 512 },
  { name: "with a command that moves nothing", keys: {}, length: 4 },
];

for (const { name, keys, length, ...direction } of immediates) {
  for (const immediate of [false, true]) {
    story(`Immediate data ${name} ends ${immediate ? "an immediate" : "the"} command with ${unexpected}`, (house) => {
      const peer = house.session({ keys: { ...onRequest.keys, ...keys } });
      peer.command(write10(0, 1), { ...direction, immediate, data: pattern(length) });
      const { status, sense } = peer.ending();
      assertEquals([status, sense, house.store.calls], [2, unexpected, []]);
      peer.command(testUnitReady);
      assertEquals(peer.ending().status, 0);
    });
  }
}

type DataOutValues = Partial<Values<typeof dataOut.fields>>;

/** Answers to an R2T for 1024 bytes at 0 that are wrong: fields, data, the reason of the Reject. */
const wrong: readonly { name: string; values: DataOutValues; length: number; reason: number }[] = [
  { name: "longer than was asked for", values: {}, length: 1028, reason: rejectReason.invalidPduField },
  { name: "at another offset", values: { bufferOffset: 512 }, length: 512, reason: rejectReason.invalidPduField },
  {
    name: "at an offset far away",
    values: { bufferOffset: 0xfffffffc },
    length: 4,
    reason: rejectReason.invalidPduField,
  },
  { name: "with another DataSN", values: { dataSn: 1 }, length: 1024, reason: rejectReason.invalidPduField },
];

for (const { name, values, length, reason } of wrong) {
  story(`Data-Out ${name} is rejected and its command ends with ${incorrect} after the F bit`, (house) => {
    const peer = house.session(onRequest);
    const tag = peer.command(write10(0, 2), { write: 1024 });
    const { targetTransferTag } = peer.expect(r2t);
    const fields = { initiatorTaskTag: tag, targetTransferTag, dataSn: 0, final: false, ...values };
    peer.send(dataOut, fields, pattern(length));
    assertEquals(peer.rejected(), reason);
    peer.expectNothing();
    peer.send(dataOut, { ...fields, dataSn: 1, bufferOffset: 1024, final: true });
    const { status, sense } = peer.ending(tag);
    assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

story("Data-Out that ends too early ends its command with the right sense", (house) => {
  const peer = house.session(onRequest);
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const { targetTransferTag } = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag }, pattern(512));
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
});

story("Unasked data that ends too early ends its command with the right sense", (house) => {
  const peer = house.session(unasked);
  const tag = peer.command(write10(0, 4), { write: 2048, final: false });
  peer.send(dataOut, { initiatorTaskTag: tag }, pattern(512));
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
}, { local });

story("Unasked data beyond FirstBurstLength ends its command after the F bit", (house) => {
  const peer = house.session(unasked);
  const data = pattern(2048);
  const tag = peer.command(write10(0, 4), { write: 2048, data: data.subarray(0, 512), final: false });
  peer.send(dataOut, { initiatorTaskTag: tag, bufferOffset: 512, final: false }, data.subarray(512, 1536));
  assertEquals(peer.rejected(), rejectReason.invalidPduField);
  peer.expectNothing();
  peer.send(dataOut, { initiatorTaskTag: tag, bufferOffset: 512, dataSn: 0 }, data.subarray(512, 1024));
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
}, { local });

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

/** Data-Out that belongs to no R2T. */
const strays: readonly { name: string; values: DataOutValues }[] = [
  { name: "a foreign task tag", values: { initiatorTaskTag: 0xabcdef } },
  {
    name: "a foreign task tag and none of a transfer",
    values: { initiatorTaskTag: 0xabcdef, targetTransferTag: 0xffffffff },
  },
  { name: "a transfer tag that was never given", values: { targetTransferTag: 0x12345678 } },
  { name: "the reserved task tag", values: { initiatorTaskTag: 0xffffffff } },
];

for (const { name, values } of strays) {
  story(`Data-Out with ${name} is sent back and harms no one`, (house) => {
    const peer = house.session(onRequest);
    const data = pattern(1024);
    const tag = peer.command(write10(0, 2), { write: 1024 });
    const request = peer.expect(r2t);
    const { expStatSn } = peer;
    const { targetTransferTag } = request;
    const fields = { initiatorTaskTag: tag, targetTransferTag, dataSn: 0, ...values };
    const sent = peer.pdu(dataOut, fields, data);
    peer.deliver(sent);
    const { reason, initiatorTaskTag, statSn, final, data: header } = peer.expect(reject);
    assertEquals([reason, initiatorTaskTag, statSn, final], [rejectReason.protocolError, 0xffffffff, expStatSn, true]);
    assertEquals(header, sent.slice(0, bhs.size));
    peer.expectNothing();
    sendSequence(peer, request, data);
    const response = peer.expect(scsiResponse);
    assertEquals([response.status, response.statSn], [0, expStatSn + 1]);
    assertEquals(house.store.bytes(0, 1024), data);
  });
}

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

for (const { when, before } of [{ when: "before", before: true }, { when: "after", before: false }]) {
  story(`A copy of a WRITE that comes ${when} its first Data-Out is ignored`, (house) => {
    const peer = house.session(onRequest);
    const data = pattern(1024);
    const { cmdSn } = peer;
    const tag = peer.command(write10(0, 2), { write: 1024 });
    const { targetTransferTag } = peer.expect(r2t);
    const copy = () => peer.command(write10(0, 2), { write: 1024, initiatorTaskTag: tag, cmdSn });
    const part = (dataSn: number) => {
      const values = {
        initiatorTaskTag: tag,
        targetTransferTag,
        dataSn,
        bufferOffset: dataSn * 512,
        final: dataSn === 1,
      };
      peer.send(dataOut, values, data.subarray(dataSn * 512, dataSn * 512 + 512));
    };
    if (before) copy();
    part(0);
    if (!before) copy();
    part(1);
    assertEquals(peer.ending(tag).status, 0);
    peer.expectNothing();
    assertEquals(house.store.bytes(0, 1024), data);
  });
}

story("An error in the middle of a WRITE is told after the data that was asked for has come", (house) => {
  const peer = house.session({ keys: { ...onRequest.keys, MaxOutstandingR2T: "2", MaxBurstLength: "262144" } });
  const data = pattern(524288);
  house.store.write = () => {
    throw new Error("Cannot write: broken");
  };
  const tag = peer.command(write10(0, 1024), { write: data.length });
  const [first, second] = [peer.expect(r2t), peer.expect(r2t)];
  sendSequence(peer, first, data, 262144);
  peer.expectNothing();
  sendSequence(peer, second, data, 131072);
  assertEquals(peer.ending(tag).status, 2);
});

story("A WRITE that is wrong from the start is answered after its unasked data has come", (house) => {
  const peer = house.session(unasked);
  const tag = peer.command(write10(0xffff0000, 2), { write: 1024, final: false });
  peer.expectNothing();
  peer.send(dataOut, { initiatorTaskTag: tag, final: false }, pattern(512));
  peer.expectNothing();
  peer.send(dataOut, { initiatorTaskTag: tag, dataSn: 1, bufferOffset: 512 }, pattern(512));
  assertEquals(peer.ending(tag).sense, "5/21/00");
}, { local });

story("A WRITE that is wrong from the start asks for no data", (house) => {
  const peer = house.session(onRequest);
  peer.command(write10(0xffff0000, 2), { write: 1024 });
  assertEquals(peer.ending().sense, "5/21/00");
  peer.command(read10(0, 1), { read: 512 });
  assertEquals(peer.ending().status, 0);
});
