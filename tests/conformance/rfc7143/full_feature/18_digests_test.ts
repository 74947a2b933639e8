/**
 * Digests (RFC 7143 §7.8, §13.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { dataOut, nopIn, nopOut, r2t, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { atLevel, recovering } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";

const choices = [
  { name: "both digests", keys: { HeaderDigest: "CRC32C,None", DataDigest: "CRC32C,None" }, used: [true, true] },
  { name: "a header digest", keys: { HeaderDigest: "CRC32C", DataDigest: "None,CRC32C" }, used: [true, false] },
  { name: "a data digest", keys: { HeaderDigest: "None,CRC32C", DataDigest: "CRC32C" }, used: [false, true] },
  { name: "no digest", keys: { HeaderDigest: "None", DataDigest: "None" }, used: [false, false] },
] as const;

const both = { keys: choices[0].keys };

for (const { name, keys, used } of choices) {
  for (const cut of [Infinity, 1]) {
    itemStory(["LOGIN 17"], `Everything works with ${name}, in reads of ${cut} bytes`, (house) => {
      const peer = house.session({ keys });
      assertEquals([peer.headerDigest, peer.dataDigest], [...used]);
      peer.cut = cut;
      const data = pattern(40960);
      peer.command(write10(0, 80), { write: data.length, data: data.subarray(0, 511) });
      sendSequence(peer, peer.expect(r2t), data, 20000);
      assertEquals(peer.ending().status, 0);
      peer.command(read10(0, 80), { read: data.length });
      assertEquals(peer.ending().data, data);
      for (const length of [0, 1, 2, 3, 4, 5]) {
        peer.send(nopOut, {}, pattern(length));
        assertEquals(peer.expect(nopIn).data, pattern(length));
      }
      peer.command(inquiry(7), { read: 7 });
      assertEquals(peer.ending().data.length, 7);
    });
  }
}

itemStory(["FFP 18.1.1"], "A wrong header digest ends the connection, and no other", (house) => {
  const other = house.session({ isid: 2 });
  const peer = house.session(both);
  peer.command(write10(0, 1), { write: 512, pdu: { badHeaderDigest: true } });
  peer.expectEnd();
  peer.expectNothing();
  other.command(inquiry(36), { read: 36 });
  assertEquals(other.ending().status, 0);
});

itemStory(
  ["FFP 18.2.1"],
  "At level 0 a command whose data digest is wrong is rejected, and its connection ends",
  (house) => {
    const other = house.session({ isid: 2 });
    const peer = house.session(both);
    peer.command(write10(0, 1), { write: 512, data: pattern(512), pdu: { badDataDigest: true } });
    assertEquals(peer.rejected(), rejectReason.dataDigestError);
    peer.expectEnd();
    assertEquals(house.store.calls, []);
    other.command(inquiry(36), { read: 36 });
    assertEquals(other.ending().status, 0);
  },
);

itemStory(
  ["FFP 18.2.1"],
  "At level 0 an immediate request whose data digest is wrong is rejected, and no more",
  (house) => {
    const peer = house.session(both);
    peer.send(nopOut, { immediate: true }, pattern(5), { badDataDigest: true });
    assertEquals(peer.rejected(), rejectReason.dataDigestError);
    peer.command(inquiry(36), { read: 36 });
    assertEquals(peer.ending().status, 0);
  },
);

itemStory(
  ["FFP 18.2.1"],
  "From level 1 on a command whose data digest is wrong counts as not received until it comes again",
  (house) => {
    const peer = house.session(atLevel(1, { HeaderDigest: "CRC32C", DataDigest: "CRC32C" }));
    const { cmdSn } = peer;
    const data = pattern(512);
    const tag = peer.command(write10(0, 1), { write: 512, data, pdu: { badDataDigest: true } });
    assertEquals(peer.rejected(), rejectReason.dataDigestError);
    peer.send(nopOut, { immediate: true, cmdSn });
    assertEquals(peer.expect(nopIn).expCmdSn, cmdSn);
    assertEquals(house.store.calls, []);
    peer.command(write10(0, 1), { write: 512, data, cmdSn, initiatorTaskTag: tag });
    assertEquals(peer.ending(tag).status, 0);
    assertEquals(house.store.bytes(0, 512), data);
  },
  recovering,
);

for (const length of [512, 65536]) {
  itemStory(
    ["FFP 18.2.2"],
    `Data-Out of ${length} bytes whose digest is wrong is rejected and its command ends after the F bit`,
    (house) => {
      const peer = house.session(both);
      const data = pattern(length);
      const tag = peer.command(write10(0, length / 512), { write: length });
      const { targetTransferTag } = peer.expect(r2t);
      const values = { initiatorTaskTag: tag, targetTransferTag };
      peer.send(dataOut, { ...values, final: false }, data, { badDataDigest: true });
      assertEquals(peer.rejected(), rejectReason.dataDigestError);
      peer.expectNothing();
      peer.send(dataOut, { ...values, dataSn: 1, bufferOffset: length });
      const answers = [peer.next(), peer.next()].map((answer) => answer?.name);
      assertEquals(answers.includes("scsiResponse"), true);
      assertEquals(house.store.calls, []);
    },
  );
}

itemStory(["FFP 18.2.2"], "A single Data-Out whose digest is wrong ends its command with the right sense", (house) => {
  const peer = house.session(both);
  const tag = peer.command(write10(0, 1), { write: 512 });
  const { targetTransferTag } = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag }, pattern(512), { badDataDigest: true });
  assertEquals(peer.rejected(), rejectReason.dataDigestError);
  assertEquals(peer.ending(tag).sense, "b/47/05");
});

itemStory(["FFP 18.1.1"], "From level 1 on a command whose header is damaged is as if it had not come", (house) => {
  const peer = house.session(atLevel(1, { HeaderDigest: "CRC32C", DataDigest: "CRC32C" }));
  const { cmdSn } = peer;
  peer.command(write10(0, 2), { write: 1024, cmdSn, data: pattern(512), pdu: { badHeaderDigest: true } });
  peer.expectNothing();
  peer.send(nopOut, { immediate: true });
  assertEquals(peer.expect(nopIn).expCmdSn, cmdSn);
  peer.cmdSn = cmdSn;
  peer.command(testUnitReady);
  assertEquals(peer.expect(scsiResponse).status, 0);
  assertEquals(house.store.calls, []);
}, recovering);
