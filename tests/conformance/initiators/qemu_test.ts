/**
 * A session of QEMU, byte by byte as it was recorded.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bhs, loginResponse, logoutResponse, scsiCommand } from "../../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../../lib/iscsi/text.ts";
import { INITIATOR, initiatorLogins } from "../../fixtures/initiator_logins.ts";
import { qemuSession, type Recorded } from "../../fixtures/qemu_session.ts";
import { outcomeOf } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { rest } from "../../support/held_store.ts";
import { hex } from "../../support/hex.ts";
import { join } from "../../support/pdu_bytes.ts";
import { statusOf } from "../../support/login_story.ts";

function bytesOf({ header, data }: Recorded): Uint8Array {
  const head = hex(header);
  const length = bhs.dataSegmentLength.get(head);
  if (data === undefined) return head;
  return join([head, "hex" in data ? hex(data.hex) : new Uint8Array(length).fill(data.fill)]);
}

itemStory(["LIB 2"], "What QEMU sent when it opened, wrote, read, discarded and closed a disk", async (house) => {
  const login = initiatorLogins.find(({ name }) => name === "QEMU");
  const [exchange] = login?.exchanges ?? [];
  assert(login !== undefined && exchange !== undefined);
  const peer = house.connect();
  peer.cmdSn = login.fields.cmdSn ?? 0;
  peer.expStatSn = 1;
  const offer = exchange.offer.map(([key, value]): TextPair => [key, value === INITIATOR ? login.initiator : value]);
  peer.deliver(peer.login(offer, { ...login.fields, ...exchange.flags }));
  const granted = peer.expect(loginResponse);
  assertEquals([statusOf(granted), granted.statSn, granted.tsih > 0], [0, 1, true]);
  for (const [place, request] of qemuSession.entries()) {
    const bytes = bytesOf(request);
    // The recording acknowledges just what this target has sent by now.
    assertEquals([peer.expStatSn, scsiCommand.expStatSn.get(bytes)], [2 + place, 2 + place]);
    peer.deliver(bytes);
    await rest();
    if (request.ends === "logout") {
      assertEquals(peer.expect(logoutResponse).response, 0);
      break;
    }
    const ending = peer.ending(bhs.initiatorTaskTag.get(bytes));
    assertEquals(outcomeOf(ending), request.ends, request.what);
    const expected = scsiCommand.expectedDataTransferLength.get(bytes);
    if (scsiCommand.read.get(bytes)) assertEquals(ending.data.length - ending.residual, expected, request.what);
    if (request.what.startsWith("READ (10)")) assertEquals(ending.data, new Uint8Array(65536).fill(5));
    if (request.what.startsWith("UNMAP")) assertEquals(house.store.bytes(0, 65536), new Uint8Array(65536));
  }
  assertEquals(peer.ended, true);
});
