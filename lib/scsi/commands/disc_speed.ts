/**
 * How fast the drive reads: GET PERFORMANCE tells it, and SET CD SPEED, SET STREAMING and SET READ AHEAD ask for what
 * suits somebody who plays or copies a disc. The drive has one speed, and whatever is behind it reads ahead by itself, so
 * that a wish is checked and, unless it has to be met exactly, changes nothing (MMC-5 §6.37, §6.39).
 *
 * @module
 */

import { bits, flag, layout, u32 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { driveSpeed } from "../disc.ts";
import { getPerformanceCdb, setCdSpeedCdb, setReadAheadCdb, setStreamingCdb } from "../disc_cdbs.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** GET PERFORMANCE, SET CD SPEED, SET READ AHEAD, SET STREAMING. */
export const discSpeedCommands: readonly Command[] = [
  command({
    name: "SET READ AHEAD",
    spec: "MMC-5 §6.38",
    usage: "a7 00 ff ff ff ff ff ff ff ff 00 00",
    only: "cdrom",
    data: "none",
    access: "read",
    needsMedium: true,
    run(task, unit) {
      const { trigger, readAhead } = setReadAheadCdb.decode(task.cdb);
      if (Math.max(trigger, readAhead) >= unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    },
  }),
  command({
    name: "GET PERFORMANCE",
    spec: "MMC-5 §6.8",
    usage: "ac 1f ff ff ff ff 00 00 ff ff ff 00",
    only: "cdrom",
    data: "in",
    access: "free",
    needsMedium: true,
    run: getPerformance,
  }),
  command({
    name: "SET STREAMING",
    spec: "MMC-5 §6.39",
    usage: "b6 00 00 00 00 00 00 00 ff ff ff 00",
    only: "cdrom",
    data: "gather",
    access: "read",
    needsMedium: true,
    plan(task) {
      const { type, length } = setStreamingCdb.decode(task.cdb);
      if (type !== performanceDescriptor) throw invalidCdb(setStreamingCdb.type.offset);
      if (length !== 0 && length !== streaming.size) throw new ScsiError(sense.parameterListLengthError);
      task.transferLength = length;
    },
    run: setStreaming,
  }),
  command({
    name: "SET CD SPEED",
    spec: "MMC-5 §6.37",
    usage: "bb 03 ff ff ff ff 00 00 00 00 00 00",
    only: "cdrom",
    data: "none",
    access: "read",
    run(task) {
      if (setCdSpeedCdb.rotation.get(task.cdb) > mostRotation) throw invalidCdb(1, 1);
    },
  }),
];

/** TYPE of SET STREAMING: how fast a range is to be read. */
const performanceDescriptor = 0;
/** ROTATION CONTROL: as the medium wants it, or with constant angular velocity. */
const mostRotation = 1;

const performanceHeader = layout("MMC-5 §6.8", 8, { length: u32(0), write: flag(4, 1), except: flag(4, 0) });
const nominalPerformance = layout("MMC-5 §6.8", 16, {
  startLba: u32(0),
  startSpeed: u32(4),
  endLba: u32(8),
  endSpeed: u32(12),
});
/** Write speed descriptor: the speeds that go together. */
const writeSpeed = layout("MMC-5 §6.8.5.3", 16, { endLba: u32(4), readSpeed: u32(8), writeSpeed: u32(12) });
/** Bytes of the length itself, which it does not count. */
const lengthSize = 4;

/** TYPE of GET PERFORMANCE. */
const performanceTypes = { speed: 0x00, unusableArea: 0x01, writeSpeed: 0x03 } as const;
/** TOLERANCE: speeds are right within a tenth. Nothing else is defined. */
const oneTenth = 2;
/** EXCEPT: speeds, speeds from an address on, and only what is not as fast as told. */
const exceptions = { none: 0, from: 1, only: 2 } as const;

/** Everything is read with one speed, without exceptions; there is no block that cannot be used, and no speed to write. */
function getPerformance(task: ScsiTask, unit: LogicalUnit): void {
  const { type, dataType } = getPerformanceCdb.decode(task.cdb);
  const endLba = unit.blocks - 1;
  switch (type) {
    case performanceTypes.speed:
      return tellSpeeds(task, unit);
    case performanceTypes.unusableArea:
      // DATA TYPE is the kind of areas, none of which there is.
      return tell(task, {});
    case performanceTypes.writeSpeed:
      if (dataType !== 0) throw invalidCdb(1, 4);
      return tell(task, {}, writeSpeed.encode({ endLba, readSpeed: driveSpeed, writeSpeed: 0 }));
    default:
      throw invalidCdb(getPerformanceCdb.type.offset);
  }
}

function tellSpeeds(task: ScsiTask, unit: LogicalUnit): void {
  const { tolerance, write, except, startLba } = getPerformanceCdb.decode(task.cdb);
  if (tolerance !== oneTenth) throw invalidCdb(1, 4);
  if (write) throw invalidCdb(1, 2);
  if (except > exceptions.only) throw invalidCdb(1, 1);
  if (except === exceptions.from && startLba >= unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
  if (except === exceptions.only) return tell(task, { except: true });
  const end = { endLba: unit.blocks - 1, endSpeed: driveSpeed };
  tell(task, {}, nominalPerformance.encode({ startLba: 0, startSpeed: driveSpeed, ...end }));
}

/** The header tells of a descriptor also when none is wanted. */
function tell(task: ScsiTask, header: { readonly except?: boolean }, descriptor: Uint8Array = new Uint8Array()): void {
  const data = new Uint8Array(performanceHeader.size + descriptor.length);
  performanceHeader.encode({ length: data.length - lengthSize, ...header }, data);
  data.set(descriptor, performanceHeader.size);
  answer(task, data, getPerformanceCdb.descriptors.get(task.cdb) === 0 ? performanceHeader.size : data.length);
}

/** Performance descriptor of SET STREAMING. Kilobytes in milliseconds make the rate that is wanted. */
const streaming = layout("MMC-5 §6.39", 28, {
  rotation: bits(0, 4, 3),
  restoreDefaults: flag(0, 2),
  exact: flag(0, 1),
  startLba: u32(4),
  endLba: u32(8),
  readSize: u32(12),
  readTime: u32(16),
});

function setStreaming(task: ScsiTask, unit: LogicalUnit): void {
  if (task.transferLength === 0) return;
  const { rotation, restoreDefaults, exact, startLba, endLba, readSize, readTime } = streaming.decode(task.data);
  if (restoreDefaults) return;
  if (rotation > mostRotation) throw invalidList(0, 4);
  // Initiators that mean the whole disc name an end far behind it.
  if (startLba > endLba || startLba >= unit.blocks) throw invalidList(streaming.startLba.offset);
  if (exact && readSize * 1000 > driveSpeed * readTime) throw invalidList(0, 1);
}

function invalidCdb(byte: number, bit?: number): ScsiError {
  return new ScsiError(sense.invalidFieldInCdb, { pointer: bit === undefined ? { byte } : { byte, bit } });
}

function invalidList(byte: number, bit?: number): ScsiError {
  const pointer = { byte, inData: true };
  return new ScsiError(sense.invalidFieldInParameterList, {
    pointer: bit === undefined ? pointer : { ...pointer, bit },
  });
}
