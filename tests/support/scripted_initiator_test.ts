import { assertEquals, assertThrows } from "@std/assert";
import { opcode, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import {
  loginRequest,
  loginResponse,
  nopIn,
  nopOut,
  scsiCommand,
  scsiResponse,
  textRequest,
} from "../../lib/iscsi/pdu/mod.ts";
import { decodeText } from "../../lib/iscsi/text.ts";
import { ScriptedInitiator } from "./scripted_initiator.ts";

Deno.test("pdu() fills in what the story does not say when a command is built", () => {
  const initiator = new ScriptedInitiator();
  const bytes = initiator.pdu(
    scsiCommand,
    { write: true, expectedDataTransferLength: 5 },
    Uint8Array.of(1, 2, 3, 4, 5),
  );
  assertEquals(bytes.length, 56);
  const values = scsiCommand.decode(bytes);
  assertEquals([values.opcode, values.final, values.immediate, values.cmdSn], [opcode.scsiCommand, true, false, 1]);
  assertEquals([values.dataSegmentLength, values.initiatorTaskTag], [5, 0x1000]);
  assertEquals(scsiCommand.decode(initiator.pdu(scsiCommand)).cmdSn, 2);
  assertEquals(scsiCommand.decode(initiator.pdu(scsiCommand, { immediate: true })).cmdSn, 3);
  assertEquals(scsiCommand.decode(initiator.pdu(scsiCommand, { cmdSn: 77 })).cmdSn, 77);
  assertEquals(textRequest.decode(initiator.pdu(textRequest)).cmdSn, 3);
  assertEquals(nopOut.decode(initiator.pdu(nopOut)).targetTransferTag, RESERVED_TAG);
});

Deno.test("login() asks for full feature phase when nothing else is said", () => {
  const initiator = new ScriptedInitiator();
  const bytes = initiator.login([["InitiatorName", "iqn.2001-04.com.example:a"]]);
  const values = loginRequest.decode(bytes);
  assertEquals([values.transit, values.currentStage, values.nextStage, values.immediate], [true, 1, 3, true]);
  assertEquals(decodeText(bytes.subarray(48)), [["InitiatorName", "iqn.2001-04.com.example:a"]]);
  assertEquals(initiator.cmdSn, 1);
});

Deno.test("receive() collects answers when the bytes come one by one, with digests", () => {
  const initiator = new ScriptedInitiator();
  initiator.headerDigest = initiator.dataDigest = true;
  const target = new ScriptedInitiator();
  target.headerDigest = target.dataDigest = true;
  const bytes = [
    ...target.pdu(nopIn, { initiatorTaskTag: 5, statSn: 8 }, Uint8Array.of(9, 9, 9)),
    ...target.pdu(nopIn, { initiatorTaskTag: RESERVED_TAG, targetTransferTag: 3, statSn: 9 }),
  ];
  for (const byte of bytes) initiator.receive(Uint8Array.of(byte));
  assertEquals(initiator.expect(nopIn).data, Uint8Array.of(9, 9, 9));
  assertEquals(initiator.expect(nopIn).targetTransferTag, 3);
  assertEquals(initiator.expStatSn, 9);
  initiator.expectNothing();
});

Deno.test("expect() says what came when that is not what the story tells", () => {
  const initiator = new ScriptedInitiator();
  assertThrows(() => initiator.expect(scsiResponse), Error, "nothing has come");
  initiator.receive(new ScriptedInitiator().pdu(loginResponse, { statusClass: 2 }));
  assertThrows(() => initiator.expect(scsiResponse), Error, "there is loginResponse");
  initiator.receive(new Uint8Array(1));
  assertThrows(() => initiator.expectNothing(), Error, "1 bytes");
});

Deno.test("receive() notices when a digest is wrong", () => {
  const initiator = new ScriptedInitiator();
  initiator.headerDigest = initiator.dataDigest = true;
  const target = new ScriptedInitiator();
  target.headerDigest = target.dataDigest = true;
  const data = Uint8Array.of(1);
  const bad = target.pdu(nopIn, {}, data, { badDataDigest: true });
  assertThrows(() => initiator.receive(bad), Error, "data digest");
  const worse = target.pdu(nopIn, {}, data, { badHeaderDigest: true });
  assertThrows(() => new ScriptedInitiator().receive(new Uint8Array(48)), Error, "no target says so");
  const fresh = new ScriptedInitiator();
  fresh.headerDigest = fresh.dataDigest = true;
  assertThrows(() => fresh.receive(worse), Error, "header digest");
});
