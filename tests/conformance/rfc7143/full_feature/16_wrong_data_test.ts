/**
 * Data that should not be there, copies, and errors amid a WRITE (RFC 7143 §11.4.7.2).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import { dataOut, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import type { LogIn } from "../../../support/protocol_peer.ts";
import { itemStory } from "../../../support/certification.ts";

const unexpected = "b/0c/0c";

const incorrect = "b/0c/0d";

const onRequest: LogIn = { keys: { InitialR2T: "Yes", ImmediateData: "Yes" } };

const unasked: LogIn = { keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "1024" } };

const local = { initialR2T: false };

interface Immediate {
  readonly items: readonly ItemId[];
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly write?: number;
  readonly read?: number;
  readonly length: number;
}

/** Immediate data that should not be there. */
const immediates: readonly Immediate[] = [
  {
    items: ["FFP 16.3.4", "tgt 1.0.85 limits"],
    name: "though ImmediateData is No",
    keys: { ImmediateData: "No" },
    write: 512,
    length: 512,
  },
  {
    items: ["FFP 16.3.2", "FFP 7.2", "tgt 1.0.85 limits"],
    name: "beyond FirstBurstLength",
    keys: { FirstBurstLength: "512" },
    write: 1024,
    length: 1024,
  },
  { items: ["SPDK 19.07"], name: "beyond the expected length", keys: {}, write: 512, length: 516 },
  { items: ["SPDK 19.07"], name: "with a command that reads", keys: {}, read: 512, length: 512 },
  { items: ["SPDK 19.07"], name: "with a command that moves nothing", keys: {}, length: 4 },
];

for (const { items, name, keys, length, ...direction } of immediates) {
  for (const immediate of [false, true]) {
    itemStory(
      items,
      `Immediate data ${name} ends ${immediate ? "an immediate" : "the"} command with ${unexpected}`,
      (house) => {
        const peer = house.session({ keys: { ...onRequest.keys, ...keys } });
        peer.command(write10(0, 1), { ...direction, immediate, data: pattern(length) });
        const { status, sense } = peer.ending();
        assertEquals([status, sense, house.store.calls], [2, unexpected, []]);
        peer.command(testUnitReady);
        assertEquals(peer.ending().status, 0);
      },
    );
  }
}

itemStory(["FFP 16.3.6"], "Unasked data that ends too early ends its command with the right sense", (house) => {
  const peer = house.session(unasked);
  const tag = peer.command(write10(0, 4), { write: 2048, final: false });
  peer.send(dataOut, { initiatorTaskTag: tag }, pattern(512));
  const { status, sense } = peer.ending(tag);
  assertEquals([status, sense, house.store.calls], [2, incorrect, []]);
}, { local });

for (const { when, before } of [{ when: "before", before: true }, { when: "after", before: false }]) {
  itemStory(
    [before ? "FFP 16.4.2" : "FFP 16.4.1"],
    `A copy of a WRITE that comes ${when} its first Data-Out is ignored`,
    (house) => {
      const peer = house.session(onRequest);
      const data = pattern(1024);
      const { cmdSn } = peer;
      const tag = peer.command(write10(0, 2), { write: 1024 });
      const { targetTransferTag } = peer.expect(r2t);
      const copy = () => peer.command(write10(0, 2), { write: 1024, initiatorTaskTag: tag, cmdSn });
      const part = (dataSn: number) => {
        const values = {
          initiatorTaskTag: tag,
          targetTransferTag,
          dataSn,
          bufferOffset: dataSn * 512,
          final: dataSn === 1,
        };
        peer.send(dataOut, values, data.subarray(dataSn * 512, dataSn * 512 + 512));
      };
      if (before) copy();
      part(0);
      if (!before) copy();
      part(1);
      assertEquals(peer.ending(tag).status, 0);
      peer.expectNothing();
      assertEquals(house.store.bytes(0, 1024), data);
    },
  );
}

itemStory(
  ["FFP 16.5"],
  "An error in the middle of a WRITE is told after the data that was asked for has come",
  (house) => {
    const peer = house.session({ keys: { ...onRequest.keys, MaxOutstandingR2T: "2", MaxBurstLength: "262144" } });
    const data = pattern(524288);
    house.store.write = () => {
      throw new Error("Cannot write: broken");
    };
    const tag = peer.command(write10(0, 1024), { write: data.length });
    const [first, second] = [peer.expect(r2t), peer.expect(r2t)];
    sendSequence(peer, first, data, 262144);
    peer.expectNothing();
    sendSequence(peer, second, data, 131072);
    assertEquals(peer.ending(tag).status, 2);
  },
);

itemStory(["FFP 16.5"], "A WRITE that is wrong from the start is answered after its unasked data has come", (house) => {
  const peer = house.session(unasked);
  const tag = peer.command(write10(0xffff0000, 2), { write: 1024, final: false });
  peer.expectNothing();
  peer.send(dataOut, { initiatorTaskTag: tag, final: false }, pattern(512));
  peer.expectNothing();
  peer.send(dataOut, { initiatorTaskTag: tag, dataSn: 1, bufferOffset: 512 }, pattern(512));
  assertEquals(peer.ending(tag).sense, "5/21/00");
}, { local });
