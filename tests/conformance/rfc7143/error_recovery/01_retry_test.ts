/**
 * Commands that are sent again (RFC 7143 §7.2.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { dataIn, r2t, reject, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { atLevel, recovering } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";

const digests = { HeaderDigest: "CRC32C", DataDigest: "CRC32C" };

const length = 4096;

const data = pattern(length, 3);

itemStory(
  ["FFP 5.1", "ER 1.2"],
  "A command whose immediate data is damaged may come again with its CmdSN, others wait for it",
  (house) => {
    const peer = house.session(atLevel(1, digests));
    const { cmdSn } = peer;
    const values = { write: 1024, initiatorTaskTag: 0x31, cmdSn };
    peer.command(write10(0, 2), { ...values, data: data.subarray(0, 1024), pdu: { badDataDigest: true } });
    const { reason, expCmdSn } = peer.expect(reject);
    assertEquals([reason, expCmdSn], [rejectReason.dataDigestError, cmdSn]);
    peer.cmdSn = cmdSn + 1;
    const other = peer.command(testUnitReady);
    peer.expectNothing();
    peer.command(write10(0, 2), { ...values, data: data.subarray(0, 1024) });
    const endings = [peer.expect(scsiResponse), peer.expect(scsiResponse)];
    assertEquals(endings.map(({ initiatorTaskTag, status }) => [initiatorTaskTag, status]).sort(), [[other, 0], [
      0x31,
      0,
    ]]);
    assertEquals(house.store.bytes(0, 1024), data.subarray(0, 1024));
  },
  recovering,
);

itemStory(["ER 1.1"], "A command that is retried though it has come is ignored", (house) => {
  const peer = house.session(atLevel(1));
  const { cmdSn } = peer;
  const tag = peer.command(write10(0, 8), { write: length, cmdSn });
  const asked = peer.expect(r2t);
  peer.command(write10(0, 8), { write: length, cmdSn, initiatorTaskTag: tag });
  peer.expectNothing();
  sendSequence(peer, asked, data);
  assertEquals(peer.ending(tag).status, 0);
  peer.command(write10(0, 8), { write: length, cmdSn, initiatorTaskTag: tag });
  peer.expectNothing();
  peer.cmdSn = cmdSn + 1;
  peer.command(read10(0, 8), { read: length });
  assertEquals(dataIn.status.get(peer.next()?.header as Uint8Array), 0);
}, recovering);
