/**
 * Data from the target: items 3.1, 8.2, 9.1 to 9.5, 16.1, 16.2 and 19.1 of the full feature phase list (RFC 7143 §11.7,
 * §11.4.5).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dataIn, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, readCapacity, testUnitReady } from "../support/cdbs.ts";
import { settle } from "../support/held_store.ts";
import { story } from "../support/protocol_harness.ts";

const cuts = [
  { segment: 512, burst: 262144, blocks: 5, ends: [5] },
  { segment: 1022, burst: 262144, blocks: 5, ends: [3] },
  { segment: 4096, burst: 8192, blocks: 40, ends: [2, 4, 5] },
  { segment: 8192, burst: 4096, blocks: 20, ends: [1, 2, 3] },
  { segment: 65536, burst: 65536, blocks: 300, ends: [1, 2, 3] },
  { segment: 16777215, burst: 16777215, blocks: 1024, ends: [2] },
] as const;

for (const { segment, burst, blocks, ends } of cuts) {
  story(`READ of ${blocks} blocks is cut by segments of ${segment} and bursts of ${burst} bytes`, async (house) => {
    const data = pattern(blocks * 512);
    house.store.write(data, 512);
    const keys = { MaxRecvDataSegmentLength: `${segment}`, MaxBurstLength: `${burst}` };
    const peer = house.session({ keys });
    const { statSn } = peer.connection;
    const tag = peer.command(read10(1, blocks), { read: data.length });
    await settle();
    const finals: number[] = [];
    let offset = 0;
    for (let sn = 0; offset < data.length; sn++) {
      const pdu = peer.expect(dataIn);
      const last = offset + pdu.data.length === data.length;
      assertEquals([pdu.initiatorTaskTag, pdu.targetTransferTag, pdu.dataSn], [tag, 0xffffffff, sn]);
      assertEquals([pdu.lun, pdu.acknowledge], [new Uint8Array(8), false]);
      assertEquals([pdu.bufferOffset, pdu.hasStatus, pdu.statSn], [offset, last, last ? statSn : 0]);
      assertEquals([pdu.status, pdu.overflow, pdu.underflow, pdu.residualCount], [0, false, false, 0]);
      assert(pdu.data.length <= segment && (last || pdu.data.length % 4 === 0));
      assertEquals(pdu.data, data.subarray(offset, offset + pdu.data.length));
      offset += pdu.data.length;
      if (pdu.final) finals.push(sn + 1);
      else assert(!last);
    }
    assertEquals(finals, [...ends]);
  }, { local: { maxBurstLength: 16777215 } });
}

const residuals = [
  { what: "INQUIRY with more room than data", cdb: inquiry(255), read: 4096, moved: 96, residual: -4000 },
  { what: "INQUIRY with less room than data", cdb: inquiry(96), read: 4, moved: 4, residual: 92 },
  { what: "READ CAPACITY with room for none", cdb: readCapacity, read: 0, moved: 0, residual: 8 },
  { what: "READ with less room than blocks", cdb: read10(0, 2), read: 700, moved: 700, residual: 324 },
  { what: "READ with more room than blocks", cdb: read10(0, 2), read: 2048, moved: 1024, residual: -1024 },
  { what: "READ of no blocks", cdb: read10(0, 0), read: 512, moved: 0, residual: -512 },
  { what: "READ with just the room", cdb: read10(0, 2), read: 1024, moved: 1024, residual: 0 },
  { what: "a command without data but with the R bit", cdb: testUnitReady, read: 512, moved: 0, residual: -512 },
] as const;

for (const { what, cdb, read, moved, residual } of residuals) {
  story(`The residual is ${residual} for ${what}`, async (house) => {
    const peer = house.session();
    peer.command(cdb, { read });
    await settle();
    const ending = peer.ending();
    assertEquals([ending.status, ending.sense, ending.residual], [0, "", residual]);
    if (what.startsWith("INQUIRY with more")) assertEquals(ending.data.length + ending.residual * -1, read);
    else assertEquals(ending.data.length, moved);
  });
}

story("A command that fails says so in a SCSI Response, not in a Data-In", (house) => {
  const peer = house.session();
  peer.command(read10(0xffff0000, 1), { read: 512 });
  const response = peer.expect(scsiResponse);
  assertEquals([response.status, response.response, response.underflow, response.residualCount], [2, 0, true, 512]);
  assertEquals([response.expDataSn, response.data[1]], [0, response.data.length - 2]);
});

story("A READ that fails in the middle tells how many Data-In came and how much is missing", async (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "512" } });
  const reads = house.store;
  let count = 0;
  const read = reads.read.bind(reads);
  reads.read = (into, at) => {
    if (++count === 3) throw new Error("Cannot read: broken");
    return read(into, at);
  };
  peer.command(read10(0, 4), { read: 2048 });
  const pieces = [peer.expect(dataIn), peer.expect(dataIn)];
  assertEquals(pieces.map(({ hasStatus }) => hasStatus), [false, false]);
  const response = peer.expect(scsiResponse);
  assertEquals([response.status, response.expDataSn], [2, 2]);
  assertEquals([response.underflow, response.residualCount], [true, 1024]);
  await Promise.resolve();
});

story("Reads of a slow store are answered as they end, each with its own data", async (house) => {
  house.store.write(pattern(512, 1), 0);
  house.store.write(pattern(512, 2), 512);
  const peer = house.session();
  house.store.holding.add("read");
  const tags = [peer.command(read10(0, 1), { read: 512 }), peer.command(read10(1, 1), { read: 512 })];
  peer.expectNothing();
  await house.store.release(1);
  assertEquals(peer.ending(tags[0]).data, pattern(512, 1));
  peer.expectNothing();
  await house.store.release();
  assertEquals(peer.ending(tags[1]).data, pattern(512, 2));
});

story("A reader that takes nothing is not sent more than fits, and gets the rest later", async (house) => {
  const data = pattern(8 << 20);
  house.store.write(data, 0);
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "262144" } });
  peer.stalled = true;
  peer.command(read10(0, 16384), { read: data.length });
  await Promise.resolve();
  assert(peer.connection.sender.transmit.queued <= 3 << 20);
  peer.stalled = false;
  for (let turn = 0; turn < 16; turn++) {
    peer.flush();
    await settle();
  }
  assertEquals(peer.ending().data.length, data.length);
});
