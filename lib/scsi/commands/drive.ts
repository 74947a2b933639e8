/**
 * What a CD and DVD drive tells of itself: its features, its tray, and what happened to the medium.
 *
 * @module
 */

import { ascii, bits, flag, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { currentProfile, discBlockSize, isCd, profiles } from "../disc.ts";
import { getConfigurationCdb, getEventStatusCdb, mechanismStatusCdb } from "../disc_cdbs.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** GET CONFIGURATION, GET EVENT STATUS NOTIFICATION, MECHANISM STATUS. */
export const driveCommands: readonly Command[] = [
  command({
    name: "GET CONFIGURATION",
    spec: "MMC-5 §6.6",
    usage: "46 03 ff ff 00 00 00 ff ff 00",
    only: "cdrom",
    data: "in",
    access: "free",
    attention: "ignore",
    run: getConfiguration,
  }),
  command({
    name: "GET EVENT STATUS NOTIFICATION",
    spec: "MMC-5 §6.7",
    usage: "4a 01 00 00 ff 00 00 ff ff 00",
    only: "cdrom",
    data: "in",
    access: "free",
    attention: "ignore",
    run: getEventStatus,
  }),
  command({
    name: "MECHANISM STATUS",
    spec: "MMC-5 §6.11",
    usage: "bd 00 00 00 00 00 00 00 ff ff 00 00",
    only: "cdrom",
    data: "in",
    access: "free",
    run(task, unit) {
      const data = mechanismStatus.encode({ doorOpen: !unit.loaded });
      answer(task, data, mechanismStatusCdb.allocationLength.get(task.cdb));
    },
  }),
];

/** A feature of the drive; `current` when the medium does not decide. */
interface Feature {
  readonly code: number;
  readonly version: number;
  /** It never ceases to be current. */
  readonly persistent: boolean;
  current(unit: LogicalUnit): boolean;
  /** What is special to the feature: a multiple of 4 bytes. */
  data(unit: LogicalUnit): Uint8Array;
}

const configurationHeader = layout("MMC-5 §5.2.1", 8, { length: u32(0), currentProfile: u16(6) });
const featureHeader = layout("MMC-5 §5.2.2", 4, {
  code: u16(0),
  version: bits(2, 5, 2),
  persistent: flag(2, 1),
  current: flag(2, 0),
  length: u8(3),
});
const profileDescriptor = layout("MMC-5 §5.3.1", 4, { profile: u16(0), current: flag(2, 0) });
const coreFeature = layout("MMC-5 §5.3.2", 8, {
  physicalInterface: u32(0),
  inquiry2: flag(4, 1),
  busEvents: flag(4, 0),
});
const removableFeature = layout("MMC-5 §5.3.4", 4, {
  mechanism: bits(0, 7, 5),
  load: flag(0, 4),
  eject: flag(0, 3),
  lock: flag(0, 0),
});
const readableFeature = layout("MMC-5 §5.3.6", 8, { blockSize: u32(0), blocking: u16(4) });
const cdReadFeature = layout("MMC-5 §5.3", 4, { errorFlags: flag(0, 1) });
const streamingFeature = layout("MMC-5 §5.3", 4, { setCdSpeed: flag(0, 3), writeSpeeds: flag(0, 1) });

const scsiFamily = 1;
const tray = 1;
/** Blocks that belong together on the medium: one on a CD, an ECC block on a DVD. */
const blocking = { cd: 1, dvd: 16 } as const;

const always = (): boolean => true;
const loaded = ({ loaded }: LogicalUnit): boolean => loaded;
const withCd = (unit: LogicalUnit): boolean => unit.loaded && isCd(unit);
const withDvd = (unit: LogicalUnit): boolean => unit.loaded && !isCd(unit);

/** All features, ascending (MMC-5 §5.3). */
const features: readonly Feature[] = [
  { code: 0x0000, version: 0, persistent: true, current: always, data: profileList },
  {
    code: 0x0001,
    version: 2,
    persistent: true,
    current: always,
    data: () => coreFeature.encode({ physicalInterface: scsiFamily, busEvents: true }),
  },
  { code: 0x0002, version: 1, persistent: true, current: always, data: () => new Uint8Array(4) },
  {
    code: 0x0003,
    version: 1,
    persistent: true,
    current: always,
    data: () => removableFeature.encode({ mechanism: tray, load: true, eject: true, lock: true }),
  },
  {
    code: 0x0010,
    version: 0,
    persistent: false,
    current: loaded,
    data: (unit) =>
      readableFeature.encode({ blockSize: discBlockSize, blocking: isCd(unit) ? blocking.cd : blocking.dvd }),
  },
  { code: 0x001d, version: 0, persistent: false, current: withCd, data: () => new Uint8Array() },
  {
    code: 0x001e,
    version: 2,
    persistent: false,
    current: withCd,
    data: () => cdReadFeature.encode({ errorFlags: true }),
  },
  { code: 0x001f, version: 1, persistent: false, current: withDvd, data: () => new Uint8Array(4) },
  {
    code: 0x0107,
    version: 4,
    persistent: false,
    current: loaded,
    data: () => streamingFeature.encode({ setCdSpeed: true, writeSpeeds: true }),
  },
  { code: 0x0108, version: 0, persistent: true, current: always, data: serialNumber },
];

/** REQUESTED TYPE (MMC-5 §6.6.2). */
const requested = { all: 0, current: 1, one: 2 } as const;

function getConfiguration(task: ScsiTask, unit: LogicalUnit): void {
  const type = getConfigurationCdb.requestedType.get(task.cdb);
  const from = getConfigurationCdb.startingFeature.get(task.cdb);
  if (type > requested.one) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 1 } });
  const chosen = features
    .filter((feature) => type === requested.one ? feature.code === from : feature.code >= from)
    .filter((feature) => type !== requested.current || feature.current(unit))
    .map((feature) => encodeFeature(feature, unit));
  const size = chosen.reduce((sum, { length }) => sum + length, configurationHeader.size);
  const data = new Uint8Array(size);
  configurationHeader.encode({ length: size - 4, currentProfile: currentProfile(unit) }, data);
  let at = configurationHeader.size;
  for (const feature of chosen) {
    data.set(feature, at);
    at += feature.length;
  }
  answer(task, data, getConfigurationCdb.allocationLength.get(task.cdb));
}

function encodeFeature({ code, version, persistent, current, data }: Feature, unit: LogicalUnit): Uint8Array {
  const special = data(unit);
  const encoded = new Uint8Array(featureHeader.size + special.length);
  featureHeader.encode({ code, version, persistent, current: current(unit), length: special.length }, encoded);
  encoded.set(special, featureHeader.size);
  return encoded;
}

/** Padded to a multiple of four. */
function serialNumber({ identity: { serial } }: LogicalUnit): Uint8Array {
  const data = new Uint8Array(Math.ceil(serial.length / 4) * 4);
  ascii(0, data.length).set(data, serial);
  return data;
}

function profileList(unit: LogicalUnit): Uint8Array {
  const current = currentProfile(unit);
  const data = new Uint8Array(2 * profileDescriptor.size);
  [profiles.dvdRom, profiles.cdRom].forEach((profile, index) => {
    profileDescriptor.encode({ profile, current: profile === current }, data, index * profileDescriptor.size);
  });
  return data;
}

const eventHeader = layout("MMC-5 §6.7.2", 4, {
  length: u16(0),
  noEventAvailable: flag(2, 7),
  eventClass: bits(2, 2, 0),
  supportedClasses: u8(3),
});
const mediaEvent = layout("MMC-5 §6.7.2", 4, { event: bits(0, 3, 0), present: flag(1, 1), trayOpen: flag(1, 0) });
const mediaClass = 4;

/** Events are told when they are asked for, each to every initiator once; the latest one counts. */
function getEventStatus(task: ScsiTask, unit: LogicalUnit): void {
  if (!getEventStatusCdb.polled.get(task.cdb)) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 0 } });
  }
  const allocationLength = getEventStatusCdb.allocationLength.get(task.cdb);
  const wanted = (getEventStatusCdb.classes.get(task.cdb) & 1 << mediaClass) !== 0;
  const data = new Uint8Array(eventHeader.size + (wanted ? mediaEvent.size : 0));
  eventHeader.encode({
    length: data.length - 2,
    noEventAvailable: !wanted,
    eventClass: wanted ? mediaClass : 0,
    supportedClasses: 1 << mediaClass,
  }, data);
  if (wanted) {
    const state = unit.nexus(task.nexus);
    const { loaded } = unit;
    mediaEvent.encode({ event: state.mediaEvent, present: loaded, trayOpen: !loaded }, data, eventHeader.size);
    if (allocationLength > eventHeader.size) state.mediaEvent = 0;
  }
  answer(task, data, allocationLength);
}

/** The drive is no changer: it has no slots, and does nothing that takes time. */
const mechanismStatus = layout("MMC-5 §6.11.2", 8, { doorOpen: flag(1, 4) });
