/**
 * More data than was asked for or agreed (RFC 7143 §11.8.4, §13.14).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import type { Values } from "../../../../lib/bytes/layout.ts";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { dataOut, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, testUnitReady, write10 } from "../../../support/cdbs.ts";
import type { LogIn } from "../../../support/protocol_peer.ts";
import { itemStory } from "../../../support/certification.ts";

const incorrect = "b/0c/0d";

const onRequest: LogIn = { keys: { InitialR2T: "Yes", ImmediateData: "Yes" } };

const unasked: LogIn = { keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "1024" } };

const local = { initialR2T: false };

type DataOutValues = Partial<Values<typeof dataOut.fields>>;

/** Answers to an R2T for 1024 bytes at 0 that are wrong: fields, data, the reason of the Reject. */
const wrong: readonly {
  items: readonly ItemId[];
  name: string;
  values: DataOutValues;
  length: number;
  reason: number;
}[] = [
  {
    items: ["FFP 7.1", "SPDK 2781", "tgt 1.0.85 Data-Out"],
    name: "longer than was asked for",
    values: {},
    length: 1028,
    reason: rejectReason.invalidPduField,
  },
  {
    items: ["tgt 1.0.85 Data-Out"],
    name: "at another offset",
    values: { bufferOffset: 512 },
    length: 512,
    reason: rejectReason.invalidPduField,
  },
  {
    items: ["tgt 1.0.85 Data-Out"],
    name: "at an offset far away",
    values: { bufferOffset: 0xfffffffc },
    length: 4,
    reason: rejectReason.invalidPduField,
  },
  {
    items: ["tgt 1.0.85 numbers"],
    name: "with another DataSN",
    values: { dataSn: 1 },
    length: 1024,
    reason: rejectReason.invalidPduField,
  },
];

for (const { items, name, values, length, reason } of wrong) {
  itemStory(items, `Data-Out ${name} is rejected and its command ends with ${incorrect} after the F bit`, (house) => {
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

itemStory(["FFP 7.2"], "Unasked data beyond FirstBurstLength ends its command after the F bit", (house) => {
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
