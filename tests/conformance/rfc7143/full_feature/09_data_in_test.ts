/**
 * Data from the target (RFC 7143 §11.7).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dataIn, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10 } from "../../../support/cdbs.ts";
import { settle } from "../../../support/held_store.ts";
import { itemStory } from "../../../support/certification.ts";

const cuts = [
  { segment: 512, burst: 262144, blocks: 5, ends: [5] },
  { segment: 1022, burst: 262144, blocks: 5, ends: [3] },
  { segment: 4096, burst: 8192, blocks: 40, ends: [2, 4, 5] },
  { segment: 8192, burst: 4096, blocks: 20, ends: [1, 2, 3] },
  { segment: 65536, burst: 65536, blocks: 300, ends: [1, 2, 3] },
  { segment: 16777215, burst: 16777215, blocks: 1024, ends: [2] },
] as const;

for (const { segment, burst, blocks, ends } of cuts) {
  itemStory(
    ["FFP 3.1", "FFP 8.2", "FFP 9.1", "FFP 9.2", "FFP 9.3.1", "FFP 9.3.3", "FFP 9.4", "FFP 9.5"],
    `READ of ${blocks} blocks is cut by segments of ${segment} and bursts of ${burst} bytes`,
    async (house) => {
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
    },
    { local: { maxBurstLength: 16777215 } },
  );
}

itemStory(["FFP 9.1"], "A command that fails says so in a SCSI Response, not in a Data-In", (house) => {
  const peer = house.session();
  peer.command(read10(0xffff0000, 1), { read: 512 });
  const response = peer.expect(scsiResponse);
  assertEquals([response.status, response.response, response.underflow, response.residualCount], [2, 0, true, 512]);
  assertEquals([response.expDataSn, response.data[1]], [0, response.data.length - 2]);
});
