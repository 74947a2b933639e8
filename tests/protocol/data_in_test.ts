/**
 * Data from the target when a store fails or is slow, or a reader takes nothing (RFC 7143 §11.7).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dataIn, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10 } from "../support/cdbs.ts";
import { settle } from "../support/held_store.ts";
import { story } from "../support/protocol_harness.ts";

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
