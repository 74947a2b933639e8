/**
 * Data-Out that is damaged or lost at any place (RFC 7143 §7.8, §7.9).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { SEQUENCE_WAIT } from "../../../../lib/iscsi/data_recovery.ts";
import { dataOut, r2t, reject } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../../../support/cdbs.ts";
import { type Asked, sendSequence } from "../../../support/data_sequence.ts";
import type { PduOptions } from "../../../support/pdu_bytes.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import { atLevel, recovering } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";

const digests = { HeaderDigest: "CRC32C", DataDigest: "CRC32C" };

const length = 4096;

const data = pattern(length, 3);

/** Sends one segment of 1024 bytes of a sequence. */
function segment(peer: Peer, asked: Asked, place: number, options: PduOptions = {}): void {
  const { initiatorTaskTag, targetTransferTag, bufferOffset } = asked;
  const at = bufferOffset + place * 1024;
  const final = at + 1024 >= bufferOffset + asked.desiredDataTransferLength;
  const values = { initiatorTaskTag, targetTransferTag, bufferOffset: at, dataSn: place, final };
  peer.send(dataOut, values, data.subarray(at, at + 1024), options);
}

/** What happens to a segment: what is answered to it at once. */
const faults: readonly { name: string; happen: (peer: Peer, asked: Asked, place: number) => void }[] = [
  {
    name: "has a wrong data digest",
    happen(peer, asked, place): void {
      segment(peer, asked, place, { badDataDigest: true });
      const { reason, data: rejected } = peer.expect(reject);
      assertEquals([reason, dataOut.dataSn.get(rejected)], [rejectReason.dataDigestError, place]);
    },
  },
  {
    name: "has a wrong header digest",
    happen: (peer, asked, place): void => segment(peer, asked, place, { badHeaderDigest: true }),
  },
  { name: "is lost", happen: () => {} },
];

for (const { name, happen } of faults) {
  for (const level of [1, 2]) {
    for (const place of [0, 1, 3]) {
      itemStory(
        ["ER data digest errors", "ER dropped PDUs", "FFP 18.2.2"],
        `At level ${level} a WRITE goes well when segment ${place} of 4 ${name}`,
        (house) => {
          const peer = house.session(atLevel(level, digests));
          const tag = peer.command(write10(0, 8), { write: length });
          const first = peer.expect(r2t);
          for (let i = 0; i < 4; i++) {
            if (i === place) happen(peer, first, i);
            else segment(peer, first, i);
          }
          if (place === 3 && name !== "has a wrong data digest") {
            peer.expectNothing();
            house.pass(SEQUENCE_WAIT / 2);
            house.pass(SEQUENCE_WAIT);
            const answer = peer.next();
            if (answer?.name !== "nopIn") assertEquals(answer?.name, "r2t");
            const again = r2t.decode((answer as { header: Uint8Array }).header);
            check(again, place);
            segment(peer, { ...again, bufferOffset: 3072 }, 0);
          } else {
            const again = peer.expect(r2t);
            check(again, place);
            const missing = (length - again.bufferOffset) / 1024;
            for (let i = 0; i < missing; i++) segment(peer, again, i);
          }
          assertEquals(peer.ending(tag).status, 0);
          assertEquals([house.store.bytes(0, length), house.store.calls], [data, ["write 0 4096"]]);

          function check(again: ReturnType<typeof r2t.decode>, place: number): void {
            assertEquals(
              [again.initiatorTaskTag, again.r2tSn, again.bufferOffset, again.desiredDataTransferLength, again.statSn],
              [tag, 1, place * 1024, length - place * 1024, peer.expStatSn],
            );
          }
        },
        recovering,
      );
    }
  }
}

itemStory(
  ["ER data digest errors"],
  "A WRITE whose data is damaged again and again ends, and nothing of it is written",
  (house) => {
    const peer = house.session(atLevel(1, digests));
    const tag = peer.command(write10(0, 2), { write: 1024 });
    let asked: Asked = peer.expect(r2t);
    for (let attempt = 0;; attempt++) {
      segment(peer, asked, 0, { badDataDigest: true });
      assertEquals(peer.rejected(), rejectReason.dataDigestError);
      const answer = peer.next();
      if (answer?.name === "scsiResponse") {
        assertEquals([answer.values.initiatorTaskTag, answer.values.status, attempt], [tag, 2, 8]);
        break;
      }
      asked = r2t.decode(answer?.header as Uint8Array);
    }
    assertEquals(house.store.calls, []);
  },
  recovering,
);

itemStory(["ER dropped PDUs"], "Data that comes twice is of no account", (house) => {
  const peer = house.session(atLevel(1));
  const tag = peer.command(write10(0, 8), { write: length });
  const asked = peer.expect(r2t);
  for (const place of [0, 0, 1, 0, 1, 2, 3]) segment(peer, asked, place);
  assertEquals(peer.ending(tag).status, 0);
  assertEquals(house.store.bytes(0, length), data);
}, recovering);

itemStory(["ER dropped PDUs"], "Data of a sequence that is not waited for any longer is of no account", (house) => {
  const peer = house.session(atLevel(1));
  const tag = peer.command(write10(0, 8), { write: length });
  const asked = peer.expect(r2t);
  segment(peer, asked, 0);
  house.pass(1);
  house.pass(SEQUENCE_WAIT + 1);
  const again = peer.expect(r2t);
  segment(peer, asked, 1);
  segment(peer, asked, 2);
  peer.expectNothing();
  for (let place = 0; place < 3; place++) segment(peer, again, place);
  assertEquals(peer.ending(tag).status, 0);
  assertEquals(house.store.bytes(0, length), data);
}, recovering);

const unasked = { InitialR2T: "No", FirstBurstLength: "2048", ImmediateData: "Yes" };

for (
  const { name, spoil } of [
    { name: "a wrong data digest", spoil: true },
    { name: "a PDU that is lost", spoil: false },
  ]
) {
  itemStory(["ER data digest errors", "ER dropped PDUs"], `Unasked data with ${name} is asked for`, (house) => {
    const peer = house.session(atLevel(1, { ...digests, ...unasked }));
    const tag = peer.command(write10(0, 8), { write: length, final: false });
    const options = { badDataDigest: true };
    const first = { initiatorTaskTag: tag, bufferOffset: 0, dataSn: 0, final: false };
    if (spoil) {
      peer.send(dataOut, first, data.subarray(0, 1024), options);
      assertEquals(peer.rejected(), rejectReason.dataDigestError);
    }
    peer.send(dataOut, { initiatorTaskTag: tag, bufferOffset: 1024, dataSn: 1 }, data.subarray(1024, 2048));
    const asked = peer.expect(r2t);
    assertEquals([asked.bufferOffset, asked.desiredDataTransferLength], [0, length]);
    sendSequence(peer, asked, data, 1024);
    assertEquals(peer.ending(tag).status, 0);
    assertEquals(house.store.bytes(0, length), data);
  }, recovering);
}
