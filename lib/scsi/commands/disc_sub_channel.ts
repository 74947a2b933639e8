/**
 * READ SUB-CHANNEL: where the drive is on the disc, and by which numbers the disc and its track are sold. A disc made of
 * an image has no such numbers.
 *
 * @module
 */

import { bits, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { dataTrack, firstTrack, toMsf } from "../disc.ts";
import { readSubChannelCdb } from "../disc_cdbs.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** READ SUB-CHANNEL. Bit 0 of the second byte was RELADR, and is what Linux asks for addresses in blocks with. */
export const readSubChannelCommand: Command = command({
  name: "READ SUB-CHANNEL",
  spec: "MMC-5 §6.25",
  usage: "42 03 40 ff 00 00 ff ff ff 00",
  only: "cdrom",
  data: "in",
  access: "free",
  needsMedium: true,
  run: readSubChannel,
});

const header = layout("MMC-5 §6.25", 4, { audioStatus: u8(1), length: u16(2) });
const currentPosition = layout("MMC-5 §6.25", 12, {
  format: u8(0),
  address: bits(1, 7, 4),
  control: bits(1, 3, 0),
  track: u8(2),
  index: u8(3),
  absolute: u32(4),
  relative: u32(8),
});
/** MCVAL and TCVAL, which would say that a number is valid, and the number itself stay zero. */
const mediaCatalogueNumber = layout("MMC-5 §6.25", 20, { format: u8(0) });
const recordingCode = layout("MMC-5 §6.25", 20, {
  format: u8(0),
  address: bits(1, 7, 4),
  control: bits(1, 3, 0),
  track: u8(2),
});

/** SUB-CHANNEL DATA FORMAT. */
const formats = { currentPosition: 1, mediaCatalogueNumber: 2, recordingCode: 3 } as const;
/** No audio is, was or will be played. */
const noAudioStatus = 0x15;

function readSubChannel(task: ScsiTask): void {
  const { allocationLength, subQ } = readSubChannelCdb.decode(task.cdb);
  const found = subQ ? subChannelData(task) : new Uint8Array();
  const data = new Uint8Array(header.size + found.length);
  header.encode({ audioStatus: noAudioStatus, length: found.length }, data);
  data.set(found, header.size);
  answer(task, data, allocationLength);
}

function subChannelData(task: ScsiTask): Uint8Array {
  const { minutes, format, track } = readSubChannelCdb.decode(task.cdb);
  switch (format) {
    case formats.currentPosition:
      // There is no head that could be anywhere else than at rest, where the track begins.
      return currentPosition.encode({
        ...{ format, ...dataTrack, track: firstTrack, index: 1 },
        absolute: minutes ? toMsf(0) : 0,
        relative: 0,
      });
    case formats.mediaCatalogueNumber:
      return mediaCatalogueNumber.encode({ format });
    case formats.recordingCode:
      if (track !== firstTrack) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readSubChannelCdb.track.offset } });
      }
      return recordingCode.encode({ format, ...dataTrack, track });
    default:
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readSubChannelCdb.format.offset } });
  }
}
