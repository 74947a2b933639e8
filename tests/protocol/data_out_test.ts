/**
 * Data to the target: mixed, of other lengths than the CDB says (RFC 7143 §11.4.5, §11.7).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { dataOut, r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { story } from "../support/protocol_harness.ts";

const keys = { InitialR2T: "Yes", ImmediateData: "Yes" };

story("The data of two commands may be mixed", (house) => {
  const peer = house.session({ keys });
  const [one, two] = [pattern(1024, 1), pattern(1024, 2)];
  const first = peer.command(write10(0, 2), { write: 1024 });
  const second = peer.command(write10(2, 2), { write: 1024 });
  const tags = [peer.expect(r2t).targetTransferTag, peer.expect(r2t).targetTransferTag];
  for (const [part, offset] of [0, 512].entries()) {
    for (const [which, tag] of [first, second].entries()) {
      const data = (which === 0 ? one : two).subarray(offset, offset + 512);
      const targetTransferTag = tags[which] as number;
      const values = { initiatorTaskTag: tag, targetTransferTag, dataSn: part, bufferOffset: offset };
      peer.send(dataOut, { ...values, final: part === 1 }, data);
    }
  }
  assertEquals([peer.ending(first).status, peer.ending(second).status], [0, 0]);
  assertEquals([house.store.bytes(0, 1024), house.store.bytes(1024, 1024)], [one, two]);
});

/** The initiator's EDTL against what the CDB names. */
const residuals = [
  { name: "more than the CDB names, immediate", expected: 2048, blocks: 1, immediate: 2048, residual: -1536 },
  { name: "more than the CDB names, on request", expected: 2048, blocks: 1, immediate: 0, residual: -1536 },
  { name: "less than the CDB names, immediate", expected: 512, blocks: 3, immediate: 512, residual: 1024 },
  { name: "less than the CDB names, on request", expected: 512, blocks: 3, immediate: 0, residual: 1024 },
  { name: "some for a CDB that names nothing", expected: 512, blocks: 0, immediate: 512, residual: -512 },
  { name: "nothing", expected: 0, blocks: 2, immediate: 0, residual: 1024 },
] as const;

for (const { name, expected, blocks, immediate, residual } of residuals) {
  story(`WRITE with ${name} has the residual ${residual}`, (house) => {
    const peer = house.session({ keys });
    const data = pattern(2048);
    peer.command(write10(0, blocks), { write: expected, data: data.subarray(0, immediate) });
    const moved = Math.min(expected, blocks * 512);
    if (immediate === 0 && moved > 0) {
      const request = peer.expect(r2t);
      assertEquals(request.desiredDataTransferLength, moved);
      sendSequence(peer, request, data);
    }
    const ending = peer.ending();
    assertEquals([ending.status, ending.residual], [0, residual]);
    assertEquals(house.store.bytes(0, moved), data.slice(0, moved));
    assertEquals(house.store.bytes(moved, 512), new Uint8Array(512));
  });
}

story("Unasked data beyond what the CDB names is taken and forgotten", (house) => {
  const peer = house.session({ keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "4096" } });
  const data = pattern(4096);
  const tag = peer.command(write10(0, 1), { write: 4096, data: data.subarray(0, 1024), final: false });
  peer.send(dataOut, { initiatorTaskTag: tag, bufferOffset: 1024, dataSn: 0 }, data.subarray(1024));
  const ending = peer.ending(tag);
  assertEquals([ending.status, ending.residual], [0, -3584]);
  assertEquals(house.store.bytes(0, 1024), Uint8Array.of(...data.subarray(0, 512), ...new Uint8Array(512)));
}, { local: { initialR2T: false } });
