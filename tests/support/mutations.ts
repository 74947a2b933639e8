/**
 * What a good initiator says, and what becomes of it when bits flip, PDUs get lost, come twice, or change places.
 *
 * @module
 */

import { crc32c } from "../../lib/bytes/crc32c.ts";
import { writeU32 } from "../../lib/bytes/layout.ts";
import { ahsLengthOf, dataLengthOf, paddingOf } from "../../lib/iscsi/pdu/bhs.ts";
import { BHS_LENGTH, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { encodeText } from "../../lib/iscsi/text.ts";
import { inquiry, pattern, read10, testUnitReady, write10 } from "./cdbs.ts";
import { join } from "./pdu_bytes.ts";
import type { Prng } from "./prng.ts";
import { ScriptedInitiator } from "./scripted_initiator.ts";

/** What was agreed on in the login of an exchange. */
export interface Dialect {
  /** For people. */
  readonly name: string;
  /** Keys of the login beside the names. */
  readonly keys: Readonly<Record<string, string>>;
  readonly digests?: boolean;
}

/** Dialects that lead through different parts of a target. */
export const dialects: readonly Dialect[] = [
  { name: "plain", keys: {} },
  { name: "digests", keys: { HeaderDigest: "CRC32C", DataDigest: "CRC32C" }, digests: true },
  { name: "unsolicited data", keys: { InitialR2T: "No", ImmediateData: "No" } },
  { name: "level 1", keys: { ErrorRecoveryLevel: "1", TaskReporting: "FastAbort", MaxConnections: "2" } },
  {
    name: "level 2",
    keys: { ErrorRecoveryLevel: "2", DefaultTime2Retain: "1", HeaderDigest: "CRC32C", DataDigest: "CRC32C" },
    digests: true,
  },
];

/** Whom the exchange is with. */
export interface Exchange {
  readonly target: string;
  readonly initiator: string;
  readonly dialect: Dialect;
}

/** Bytes of the WRITE that is answered with an R2T; the segments are long enough to be read into place. */
const LONG = 65536;
const SEGMENT = 32768;

/** All PDUs of an exchange from the login to the logout, one element each. */
export function exchange({ target, initiator, dialect }: Exchange): Uint8Array<ArrayBuffer>[] {
  const peer = new ScriptedInitiator();
  const login = Object.entries({ InitiatorName: initiator, TargetName: target, SessionType: "Normal" });
  const parts = [
    peer.login(login, { currentStage: 0, nextStage: 1 }),
    peer.login(Object.entries({ ...dialect.keys, MaxRecvDataSegmentLength: "262144" })),
  ];
  peer.headerDigest = peer.dataDigest = dialect.digests === true;
  peer.expStatSn = 3;
  const unsolicited = dialect.keys.InitialR2T === "No";
  for (const cdb of [testUnitReady, inquiry(96), read10(0, 8)]) {
    parts.push(command(peer, cdb, { read: true, expectedDataTransferLength: 4096 }));
  }
  const immediate = unsolicited ? undefined : pattern(512, 1);
  parts.push(
    command(peer, write10(8, 1), { write: true, final: !unsolicited, expectedDataTransferLength: 512 }, immediate),
  );
  if (unsolicited) parts.push(...dataOut(peer, peer.initiatorTaskTag - 1, RESERVED_TAG, pattern(512, 1)));
  // The fifth command in the first place of the task table: each has ended before the next begins.
  parts.push(command(peer, write10(16, LONG / 512), { write: true, expectedDataTransferLength: LONG }));
  parts.push(...dataOut(peer, peer.initiatorTaskTag - 1, 5 << 16, pattern(LONG, 2)));
  parts.push(
    peer.pdu(pdus.nopOut, { immediate: true }, pattern(100, 3)),
    peer.pdu(pdus.textRequest, { final: true }, encodeText([["SendTargets", ""]])),
    peer.pdu(pdus.taskManagementRequest, { function: 1, referencedTaskTag: 0x1002, immediate: true }),
    peer.pdu(pdus.snackRequest, { type: 1, begRun: 0, runLength: 0, initiatorTaskTag: RESERVED_TAG }),
    command(peer, read10(16, 128), { read: true, expectedDataTransferLength: LONG }),
    peer.pdu(pdus.taskManagementRequest, { function: 5 }),
    peer.pdu(pdus.logoutRequest, { reason: 0 }),
  );
  return parts;
}

/** READs of all there is, by which somebody asks for more than he takes. */
export function flood(dialect: Dialect, count: number): Uint8Array<ArrayBuffer>[] {
  const peer = new ScriptedInitiator();
  peer.headerDigest = peer.dataDigest = dialect.digests === true;
  peer.initiatorTaskTag = 0x2000;
  const values = { immediate: true, read: true, expectedDataTransferLength: 1 << 20 };
  return Array.from({ length: count }, () => command(peer, read10(0, 2048), values));
}

function command(
  peer: ScriptedInitiator,
  cdb: Uint8Array,
  values: Parameters<typeof pdus.scsiCommand.encode>[0],
  data?: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(16);
  whole.set(cdb);
  return peer.pdu(pdus.scsiCommand, { attribute: 1, lun: encodeLun(0), cdb: whole, ...values }, data);
}

function dataOut(
  peer: ScriptedInitiator,
  tag: number,
  transferTag: number,
  data: Uint8Array,
): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < data.length; at += SEGMENT) {
    parts.push(peer.pdu(pdus.dataOut, {
      ...{ initiatorTaskTag: tag, targetTransferTag: transferTag >>> 0, bufferOffset: at, dataSn: at / SEGMENT },
      final: at + SEGMENT >= data.length,
    }, data.subarray(at, at + SEGMENT)));
  }
  return parts;
}

/** Numbers at which things break. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** An exchange with one to three mistakes in it; with digests that fit, half of the time. */
export function mutate(
  good: readonly Uint8Array<ArrayBuffer>[],
  { digests }: Dialect,
  random: Prng,
): Uint8Array<ArrayBuffer>[] {
  const parts = good.map((part) => part.slice());
  for (let left = 1 + random.below(3); left > 0; left--) {
    // Twice as often behind the login: there is more to break.
    const at = random.below(3) === 0 ? random.below(2) : 2 + random.below(Math.max(parts.length - 2, 1));
    const part = parts[at];
    if (part === undefined || part.length < BHS_LENGTH) continue;
    mistake(parts, at, part, random);
    if (digests && at > 1 && random.below(2) === 0) mendDigests(parts[at]);
  }
  return parts;
}

function mistake(parts: Uint8Array<ArrayBuffer>[], at: number, part: Uint8Array, random: Prng): void {
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return flip(part, random.below(BHS_LENGTH), random.below(8));
    case 3:
      return writeU32(part, random.below(BHS_LENGTH / 4) * 4, random.pick(EDGES));
    case 4:
      part[random.below(part.length)] = random.below(256);
      return;
    case 5:
      parts.splice(at, 1);
      return;
    case 6:
      parts.splice(at, 0, part.slice());
      return;
    case 7:
      parts.splice(random.below(parts.length), 0, ...parts.splice(at, 1));
      return;
    case 8:
      parts[at] = join([part.subarray(0, random.below(part.length)), random.fill(new Uint8Array(random.below(64)))]);
  }
}

function flip(part: Uint8Array, at: number, bit: number): void {
  part[at] = (part[at] ?? 0) ^ 1 << bit;
}

/** Makes the digests of a PDU fit what it has become, as far as its lengths are still those of its bytes. */
function mendDigests(part: Uint8Array | undefined): void {
  if (part === undefined || part.length < BHS_LENGTH + 4) return;
  const header = BHS_LENGTH + ahsLengthOf(part);
  if (header + 4 > part.length) return;
  writeU32(part, header, crc32c(part, 0, header));
  const length = dataLengthOf(part);
  const end = header + 4 + length + paddingOf(length);
  if (length > 0 && end + 4 <= part.length) writeU32(part, end, crc32c(part, header + 4, end));
}
