/**
 * The parameter list of EXTENDED COPY: checked whole, before anything is copied (SPC-5 §6.6).
 *
 * @module
 */

import type { LogicalUnit } from "../logical_unit.ts";
import type { Nexus } from "../nexus.ts";
import { sense, type SenseCode } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import {
  askedUnit,
  blockSegment,
  blockSegmentType,
  identification,
  identificationType,
  longListFormat,
  longListHeader,
  longListHeaderDescriptor,
  shortListHeader,
} from "./formats.ts";
import { unitByDesignator } from "./units.ts";

/** What a copy manager takes at most, as RECEIVE COPY OPERATING PARAMETERS says. */
export const copyLimits = {
  descriptors: 16,
  segments: 64,
  descriptorBytes: 4096,
  listBytes: 65536,
  segmentBytes: 0x400_0000,
  tokenBytes: 0x1_0000_0000,
} as const;

/** One segment: bytes from one unit to another. */
export interface Segment {
  readonly source: LogicalUnit;
  readonly destination: LogicalUnit;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** Looks at each piece that was read before it is written; throws what the copy ends with. */
  readonly check?: () => void;
}

/** A segment that has not had its turn. */
export interface PlannedSegment {
  /** First byte of its descriptor in the parameter list. */
  readonly at: number;
  /** Checks it against the units as they are now. Throws `ScsiError`. */
  resolve(): Segment;
}

/** What a parameter list asks for. Nothing of it refers to the data that it was read from, which is only lent. */
export interface CopyRequest {
  /** `undefined` when the initiator does not want to ask for results. */
  readonly listId: number | undefined;
  readonly immediate: boolean;
  readonly segments: readonly PlannedSegment[];
}

interface Lists {
  readonly listId: number;
  readonly listIdUsage: number;
  readonly immediate: boolean;
  readonly start: number;
  readonly descriptorsLength: number;
  readonly segmentsLength: number;
}

/** What a CSCD descriptor names: a unit, or the reason why there is none. */
type Party = LogicalUnit | SenseCode;

/** LIST ID USAGE (SPC-5). */
const listIdUsages = { reserved: 1, noResults: 3 } as const;

/** Reads a parameter list. Throws `ScsiError` at what cannot be done as a whole. */
export function parseCopy(data: Uint8Array, unit: LogicalUnit, nexus: Nexus, long: boolean): CopyRequest {
  const { listId, listIdUsage, immediate, start, descriptorsLength, segmentsLength } = long
    ? longLists(data)
    : shortLists(data);
  const segmentsAt = start + descriptorsLength;
  const end = segmentsAt + segmentsLength;
  if (listIdUsage === listIdUsages.reserved) throw invalid(shortListHeader.listIdUsage.offset, 4);
  if (descriptorsLength / identification.size > copyLimits.descriptors) {
    throw listTooLong(descriptorsLength + segmentsLength, sense.tooManyTargetDescriptors);
  }
  if (segmentsLength / blockSegment.size > copyLimits.segments) {
    throw listTooLong(descriptorsLength + segmentsLength, sense.tooManySegmentDescriptors);
  }
  if (end > data.length) throw new ScsiError(sense.parameterListLengthError);
  const parties = parseDescriptors(data, start, segmentsAt, nexus);
  const partyAt = (id: number): Party => (long && id === askedUnit ? unit : parties[id]) ?? sense.copyTargetUnreachable;
  const segments: PlannedSegment[] = [];
  for (let at = segmentsAt; at < end; at += blockSegment.size) segments.push(parseSegment(data, at, end, partyAt));
  return { listId: listIdUsage === listIdUsages.noResults ? undefined : listId, immediate, segments };
}

function shortLists(data: Uint8Array): Lists {
  if (data.length < shortListHeader.size) throw new ScsiError(sense.parameterListLengthError);
  const header = shortListHeader.decode(data);
  if (header.inlineLength !== 0) throw invalid(shortListHeader.inlineLength.offset);
  return { ...header, immediate: false, start: shortListHeader.size };
}

function longLists(data: Uint8Array): Lists {
  if (data.length < longListHeader.size) throw new ScsiError(sense.parameterListLengthError);
  const header = longListHeader.decode(data);
  const { format, headerDescriptorLength, headerDescriptorType, inlineLength } = longListHeader;
  if (header.format !== longListFormat) throw invalid(format.offset);
  if (header.headerDescriptorLength !== longListHeaderDescriptor.length) throw invalid(headerDescriptorLength.offset);
  if (header.headerDescriptorType !== longListHeaderDescriptor.type) throw invalid(headerDescriptorType.offset);
  // Sense data with GOOD status is nothing that we send.
  if (header.guaranteedSense) throw invalid(longListHeader.guaranteedSense.offset, 1);
  // Nobody could ask how it ended.
  if (header.immediate && header.listIdUsage === listIdUsages.noResults) {
    throw invalid(longListHeader.immediate.offset, 0);
  }
  if (header.inlineLength !== 0) throw invalid(inlineLength.offset);
  return { ...header, start: longListHeader.size };
}

/** The units that the CSCD descriptors name; one that cannot be reached ends the copy when it is needed. */
function parseDescriptors(data: Uint8Array, start: number, end: number, nexus: Nexus): readonly Party[] {
  const parties: Party[] = [];
  for (let at = start; at < end; at += identification.size) {
    if (data[at] !== identificationType) {
      throw new ScsiError(sense.unsupportedTargetDescriptor, { pointer: { byte: at, inData: true } });
    }
    if (at + identification.size > end) throw new ScsiError(sense.parameterListLengthError);
    parties.push(parseDescriptor(data, at, nexus));
  }
  return parties;
}

function parseDescriptor(data: Uint8Array, at: number, nexus: Nexus): Party {
  const { deviceType, blockLength } = identification.decode(data, at);
  const unit = unitByDesignator(data, at, nexus);
  if (unit === undefined) return sense.copyTargetUnreachable;
  if (deviceType !== directAccess) return sense.incorrectCopyTargetType;
  // Numbers of blocks would mean something else to the initiator than to us.
  if (blockLength !== 0 && blockLength !== unit.blockSize) throw invalid(at + identification.blockLength.offset);
  return unit;
}

/** PERIPHERAL DEVICE TYPE of disks (SPC-5 §6.7.2). */
const directAccess = 0x00;

function parseSegment(data: Uint8Array, at: number, end: number, partyAt: (id: number) => Party): PlannedSegment {
  if (data[at] !== blockSegmentType) {
    throw new ScsiError(sense.unsupportedSegmentDescriptor, { pointer: { byte: at, inData: true } });
  }
  if (at + blockSegment.size > end) throw new ScsiError(sense.parameterListLengthError);
  const fields = blockSegment.decode(data, at);
  if (fields.length !== blockSegment.size - 4) throw invalid(at + blockSegment.length.offset);
  const { blocks, sourceLba, destinationLba, destinationCount } = fields;
  return {
    at,
    resolve(): Segment {
      const source = reached(partyAt(fields.source));
      const destination = reached(partyAt(fields.destination));
      const length = blocks * (destinationCount ? destination : source).blockSize;
      if (length > copyLimits.segmentBytes) throw new ScsiError(sense.invalidSegment);
      if (length % source.blockSize !== 0 || length % destination.blockSize !== 0) {
        throw new ScsiError(sense.unexpectedInexactSegment);
      }
      const from = byteOf(source, sourceLba, length);
      return { source, destination, from, to: byteOf(destination, destinationLba, length), length };
    },
  };
}

function reached(party: Party): LogicalUnit {
  if ("store" in party) return party;
  throw new ScsiError(party);
}

/** The place of a block on the medium, if so many bytes are there. */
function byteOf({ blocks, blockSize }: LogicalUnit, lba: number, length: number): number {
  if (lba + length / blockSize > blocks) throw new ScsiError(sense.copyAborted);
  return lba * blockSize;
}

function listTooLong(length: number, code: SenseCode): ScsiError {
  return new ScsiError(length > copyLimits.descriptorBytes ? sense.parameterListLengthError : code);
}

function invalid(byte: number, bit?: number): ScsiError {
  const pointer = { byte, inData: true, ...(bit === undefined ? {} : { bit }) };
  return new ScsiError(sense.invalidFieldInParameterList, { pointer });
}
