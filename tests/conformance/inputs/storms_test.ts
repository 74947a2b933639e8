/**
 * Sessions that go, come and go again, and random bytes, in the presence of a witness.
 *
 * @module
 */

import { hostile } from "../../support/hostile_story.ts";
import { assert, assertEquals } from "@std/assert";
import { writeU32 } from "../../../lib/bytes/layout.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../../support/cdbs.ts";
import { sendSequence } from "../../support/data_sequence.ts";
import { settle } from "../../support/held_store.ts";
import { Prng } from "../../support/prng.ts";

hostile(["CVE-2021-28361", "SPDK 2958"], "Text that is continued without data is answered", (house) => {
  const peer = house.session();
  peer.send(pdus.textRequest, { final: false, continued: true });
  const { final, targetTransferTag } = peer.expect(pdus.textResponse);
  assertEquals(final, false);
  assert(targetTransferTag !== 0xffffffff);
  peer.end();
});

hostile(["SPDK 64a268e2e1"], "A session that goes in the middle of everything leaves nothing behind", async (house) => {
  const peer = house.session();
  house.store.holding.add("read").add("write");
  peer.command(read10(0, 8), { read: 4096 });
  peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  peer.command(write10(0, 128), { write: 65536 });
  const { targetTransferTag, initiatorTaskTag } = peer.expect(pdus.r2t);
  peer.deliver(peer.pdu(pdus.dataOut, { initiatorTaskTag, targetTransferTag }, pattern(65536)).subarray(0, 40000));
  peer.end();
  await house.store.release();
});

hostile(["CVE-2026-23216"], "Storms of logins in place of each other leave one session", async (house) => {
  house.store.holding.add("write");
  let peer = house.session({ isid: 7 });
  for (let i = 0; i < 50; i++) {
    peer.command(write10(i, 1), { write: 512, data: pattern(512) });
    const next = house.connect();
    next.logIn({ isid: 7 });
    next.command(testUnitReady);
    next.ending();
    next.command(testUnitReady, { lun: 1 });
    next.ending();
    assertEquals(peer.ended, true);
    peer = next;
  }
  assertEquals([...house.catalogue.sessions()].length, 2);
  await house.store.release();
});

hostile(["CVE-2026-23216"], "Storms of resets are all answered", async (house) => {
  const peer = house.session();
  house.store.holding.add("write");
  for (let i = 0; i < 20; i++) {
    peer.command(write10(i, 1), { write: 512, data: pattern(512) });
    peer.send(pdus.taskManagementRequest, { function: 5 + i % 2, immediate: true });
  }
  await house.store.release();
  let answered = 0;
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
    if (answer.name === "taskManagementResponse") answered++;
  }
  assertEquals(answered, 20);
});

hostile(["tgt 1.0.85 headers"], "Random headers of every opcode in full feature phase do no harm", (house) => {
  const random = new Prng(2026);
  for (let round = 0; round < 2000; round++) {
    const peer = house.connect();
    peer.logIn({ initiator: `iqn.2026-01.org.example:random-${round % 5}` });
    for (let i = 0; i < 8 && !peer.ended; i++) {
      const header = random.fill(new Uint8Array(48));
      header[4] = round % 3 === 0 ? random.below(4) : 0;
      header[5] = 0;
      // TARGET COLD RESET rightly ends the witness too.
      if (header[0] === 0x42 || header[0] === 0x02) header[1] = 0x85;
      header[6] = random.below(3);
      writeU32(header, 24, peer.connection.session.window.expCmdSn);
      peer.deliver(header);
      peer.deliver(random.fill(new Uint8Array(random.below(800))));
    }
    peer.end();
    while (peer.next() !== undefined);
  }
});

hostile(["SPDK 19.07"], "A SCSI command in a random PDU never writes more than it was given", async (house) => {
  const random = new Prng(7);
  const peer = house.session();
  for (let round = 0; round < 500; round++) {
    const expected = random.below(8192);
    const data = random.fill(new Uint8Array(random.below(1024)));
    peer.command(write10(random.below(64), random.below(20)), { write: expected, data, final: random.below(2) === 0 });
    await settle();
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
      if (answer.name === "r2t") sendSequence(peer, pdus.r2t.decode(answer.header), new Uint8Array(8192).fill(3));
    }
  }
  await settle();
  while (peer.next() !== undefined);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  assertEquals(peer.connection.session.tasks.size, 0);
  assertEquals(house.store.bytes(84 * 512, 4096), new Uint8Array(4096));
});
