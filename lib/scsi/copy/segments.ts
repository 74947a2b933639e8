/**
 * The parameter list of EXTENDED COPY: checked whole, before anything is copied (SPC-4 §6.3, §6.4).
 *
 * @module
 */

import type { LogicalUnit } from "../logical_unit.ts";
import type { Nexus } from "../nexus.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import {
  askedUnit,
  blockSegment,
  blockSegmentType,
  identification,
  identificationType,
  longListFormat,
  longListHeader,
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
}

/** What a parameter list asks for. */
export interface CopyRequest {
  /** `undefined` when the initiator does not want to ask for results. */
  readonly listId: number | undefined;
  readonly immediate: boolean;
  /** The segments, each to be checked against the medium when its turn comes. */
  readonly segments: readonly (() => Segment)[];
}

interface Lists {
  readonly listId: number;
  readonly listIdUsage: number;
  readonly immediate: boolean;
  readonly start: number;
  readonly descriptorsLength: number;
  readonly segmentsLength: number;
}

/** LIST ID USAGE: no results are held (SPC-4 §6.4.3.2). */
const noListId = 3;

/** Reads a parameter list. Throws `ScsiError` at what cannot be done as a whole. */
export function parseCopy(data: Uint8Array, unit: LogicalUnit, nexus: Nexus, long: boolean): CopyRequest {
  const lists = long ? longLists(data) : shortLists(data);
  const { start, descriptorsLength, segmentsLength } = lists;
  const segmentsAt = start + descriptorsLength;
  if (descriptorsLength / identification.size > copyLimits.descriptors) {
    throw listTooLong(descriptorsLength + segmentsLength, sense.tooManyTargetDescriptors);
  }
  if (segmentsLength / blockSegment.size > copyLimits.segments) {
    throw listTooLong(descriptorsLength + segmentsLength, sense.tooManySegmentDescriptors);
  }
  if (segmentsAt + segmentsLength > data.length) throw new ScsiError(sense.parameterListLengthError);
  const units = parseDescriptors(data, start, segmentsAt, nexus);
  const segments: (() => Segment)[] = [];
  for (let at = segmentsAt; at < segmentsAt + segmentsLength; at += blockSegment.size) {
    checkSegment(data, at, segmentsAt + segmentsLength);
    const base = at;
    segments.push(() => parseSegment(data, base, (id) => unitOf(id, units, unit, long)));
  }
  return {
    listId: lists.listIdUsage === noListId ? undefined : lists.listId,
    immediate: lists.immediate,
    segments,
  };
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
  if (header.format !== longListFormat) throw invalid(longListHeader.format.offset);
  if (header.inlineLength !== 0) throw invalid(longListHeader.inlineLength.offset);
  return { ...header, start: longListHeader.size };
}

/** The units that the CSCD descriptors name; one that cannot be reached ends the copy when it is needed. */
function parseDescriptors(data: Uint8Array, start: number, end: number, nexus: Nexus): (LogicalUnit | undefined)[] {
  const units: (LogicalUnit | undefined)[] = [];
  for (let at = start; at < end; at += identification.size) {
    if (identification.type.get(data, at) !== identificationType) {
      throw new ScsiError(sense.unsupportedTargetDescriptor, { pointer: { byte: at, inData: true } });
    }
    if (at + identification.size > end) throw new ScsiError(sense.parameterListLengthError);
    if (identification.unitIdType.get(data, at) !== 0) throw invalid(at + identification.unitIdType.offset);
    units.push(identification.nul.get(data, at) ? undefined : unitByDesignator(data, at, nexus));
  }
  return units;
}

function checkSegment(data: Uint8Array, at: number, end: number): void {
  if (blockSegment.type.get(data, at) !== blockSegmentType) {
    throw new ScsiError(sense.unsupportedSegmentDescriptor, { pointer: { byte: at, inData: true } });
  }
  if (at + blockSegment.size > end) throw new ScsiError(sense.parameterListLengthError);
  if (blockSegment.length.get(data, at) !== blockSegment.size - 4) throw invalid(at + blockSegment.length.offset);
}

function parseSegment(data: Uint8Array, at: number, unitOf: (id: number) => LogicalUnit): Segment {
  const { source: sourceId, destination: destinationId, blocks, sourceLba, destinationLba, destinationCount } =
    blockSegment.decode(data, at);
  const source = unitOf(sourceId);
  const destination = unitOf(destinationId);
  const length = blocks * (destinationCount ? destination : source).blockSize;
  const from = sourceLba * source.blockSize;
  const to = destinationLba * destination.blockSize;
  if (
    length > copyLimits.segmentBytes || length % source.blockSize !== 0 || length % destination.blockSize !== 0 ||
    from + length > source.blocks * source.blockSize || to + length > destination.blocks * destination.blockSize
  ) throw new ScsiError(sense.copyAborted);
  return { source, destination, from, to, length };
}

function unitOf(
  id: number,
  units: readonly (LogicalUnit | undefined)[],
  asked: LogicalUnit,
  long: boolean,
): LogicalUnit {
  const unit = long && id === askedUnit ? asked : units[id];
  if (unit === undefined) throw new ScsiError(sense.copyTargetUnreachable);
  return unit;
}

function listTooLong(length: number, code: typeof sense.tooManyTargetDescriptors): ScsiError {
  return new ScsiError(length > copyLimits.descriptorBytes ? sense.parameterListLengthError : code);
}

function invalid(byte: number): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte, inData: true } });
}
