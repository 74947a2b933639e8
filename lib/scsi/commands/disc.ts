/**
 * What a disc says of its tracks. The whole disc is one session with one data track.
 *
 * @module
 */

import { bits, flag, layout, u16, u24, u32, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { dataTrack, firstTrack, leadOut, toMsf } from "../disc.ts";
import { readDiscInformationCdb, readTocCdb, readTrackInformationCdb } from "../disc_cdbs.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** READ TOC/PMA/ATIP, READ DISC INFORMATION, READ TRACK INFORMATION. */
export const discCommands: readonly Command[] = [
  row("READ TOC/PMA/ATIP", "MMC-5 §6.26", "43 02 0f 00 00 00 ff ff ff c0", readToc),
  row("READ DISC INFORMATION", "MMC-5 §6.22", "51 07 00 00 00 00 00 ff ff 00", readDiscInformation),
  row("READ TRACK INFORMATION", "MMC-5 §6.27", "52 03 ff ff ff ff 00 ff ff 00", readTrackInformation),
];

function row(name: string, spec: string, usage: string, run: Command["run"]): Command {
  return command({ name, spec, usage, only: "cdrom", data: "in", access: "free", needsMedium: true, run });
}

const tocHeader = layout("MMC-5 §6.26.3.2", 4, { length: u16(0), first: u8(2), last: u8(3) });
const trackDescriptor = layout("MMC-5 §6.26.3.2", 8, {
  address: bits(1, 7, 4),
  control: bits(1, 3, 0),
  track: u8(2),
  start: u32(4),
});
const rawDescriptor = layout("MMC-5 §6.26.3.4", 11, {
  session: u8(0),
  address: bits(1, 7, 4),
  control: bits(1, 3, 0),
  point: u8(3),
  position: u24(8),
});

/** FORMAT (MMC-5 §6.26.2.4). */
const tocFormat = { tracks: 0, session: 1, raw: 2 } as const;

function readToc(task: ScsiTask, unit: LogicalUnit): void {
  const { minutes, format, oldFormat, track, allocationLength } = readTocCdb.decode(task.cdb);
  const address = (lba: number): number => minutes ? toMsf(lba) : lba;
  // Linux still asks for the sessions where ATAPI drives were once asked for them: in the control byte.
  answer(task, tocOf(format === tocFormat.tracks ? oldFormat : format, track, unit, address), allocationLength);
}

function tocOf(format: number, track: number, unit: LogicalUnit, address: (lba: number) => number): Uint8Array {
  switch (format) {
    case tocFormat.tracks: {
      if (track > firstTrack && track !== leadOut) throw wrongTrack();
      const end = { ...dataTrack, track: leadOut, start: address(unit.blocks) };
      const tracks = track === leadOut ? [end] : [{ ...dataTrack, track: firstTrack, start: address(0) }, end];
      return toc(tracks.map((one) => trackDescriptor.encode(one)));
    }
    case tocFormat.session:
      return toc([trackDescriptor.encode({ ...dataTrack, track: firstTrack, start: address(0) })]);
    case tocFormat.raw:
      if (track > firstTrack) throw wrongTrack();
      return toc([
        rawDescriptor.encode({ ...dataTrack, session: 1, point: 0xa0, position: firstTrack << 16 }),
        rawDescriptor.encode({ ...dataTrack, session: 1, point: 0xa1, position: firstTrack << 16 }),
        rawDescriptor.encode({ ...dataTrack, session: 1, point: 0xa2, position: toMsf(unit.blocks) }),
        rawDescriptor.encode({ ...dataTrack, session: 1, point: firstTrack, position: toMsf(0) }),
      ]);
    default:
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2, bit: 3 } });
  }
}

/** The first and the last track, or session, are the same. */
function toc(descriptors: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(descriptors.reduce((sum, { length }) => sum + length, tocHeader.size));
  tocHeader.encode({ length: data.length - 2, first: 1, last: 1 }, data);
  let at = tocHeader.size;
  for (const descriptor of descriptors) {
    data.set(descriptor, at);
    at += descriptor.length;
  }
  return data;
}

function wrongTrack(): ScsiError {
  return new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readTocCdb.track.offset } });
}

const discInformation = layout("MMC-5 §6.22.3.1", 34, {
  length: u16(0),
  lastSessionStatus: bits(2, 3, 2),
  discStatus: bits(2, 1, 0),
  firstTrack: u8(3),
  sessions: u8(4),
  firstTrackOfLastSession: u8(5),
  lastTrackOfLastSession: u8(6),
  unrestrictedUse: flag(7, 5),
  leadInStart: u32(16),
  lastLeadOutStart: u32(20),
});
const complete = { session: 3, disc: 2 } as const;
const notWritable = 0xffff_ffff;

function readDiscInformation(task: ScsiTask): void {
  if (readDiscInformationCdb.dataType.get(task.cdb) !== 0) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 2 } });
  }
  const data = discInformation.encode({
    length: discInformation.size - 2,
    lastSessionStatus: complete.session,
    discStatus: complete.disc,
    firstTrack,
    sessions: 1,
    firstTrackOfLastSession: firstTrack,
    lastTrackOfLastSession: firstTrack,
    unrestrictedUse: true,
    leadInStart: notWritable,
    lastLeadOutStart: notWritable,
  });
  answer(task, data, readDiscInformationCdb.allocationLength.get(task.cdb));
}

const trackInformation = layout("MMC-5 §6.27.3", 36, {
  length: u16(0),
  track: u8(2),
  session: u8(3),
  trackMode: bits(5, 3, 0),
  dataMode: bits(6, 3, 0),
  start: u32(8),
  blocks: u32(24),
});

/** ADDRESS/NUMBER TYPE (MMC-5 §6.27.2). */
const byAddress = 0;
const mostAddressTypes = 2;

function readTrackInformation(task: ScsiTask, unit: LogicalUnit): void {
  const { addressType, address, allocationLength } = readTrackInformationCdb.decode(task.cdb);
  if (addressType > mostAddressTypes) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 1 } });
  if (addressType === byAddress && address >= unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
  if (addressType !== byAddress && address !== firstTrack) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readTrackInformationCdb.address.offset } });
  }
  const data = trackInformation.encode({
    length: trackInformation.size - 2,
    track: firstTrack,
    session: 1,
    trackMode: dataTrack.control,
    dataMode: 1,
    blocks: unit.blocks,
  });
  answer(task, data, allocationLength);
}
