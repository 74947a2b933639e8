/**
 * Data-Out that belongs to no R2T (RFC 7143 §11.17).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Values } from "../../../../lib/bytes/layout.ts";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { bhs, dataOut, r2t, reject, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import type { LogIn } from "../../../support/protocol_peer.ts";
import { itemStory } from "../../../support/certification.ts";

const onRequest: LogIn = { keys: { InitialR2T: "Yes", ImmediateData: "Yes" } };

type DataOutValues = Partial<Values<typeof dataOut.fields>>;

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
  itemStory(["FFP 14.1"], `Data-Out with ${name} is sent back and harms no one`, (house) => {
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
