/**
 * POPULATE TOKEN, WRITE USING TOKEN and REPORT ALL ROD TOKENS: copies that are named once and used wherever the data is
 * wanted, as Windows does with its offloaded data transfer.
 *
 * @module
 */

import { layout, u32 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import {
  identification,
  identificationType,
  populateList,
  rangeDescriptor,
  resultsCdb,
  rodToken,
  rodTokenLength,
  rodType,
  tokenCdb,
  useList,
} from "../copy/formats.ts";
import { alone, checkSource, copySegment, zeroRange } from "../copy/mover.ts";
import type { CopyMode } from "../copy/operations.ts";
import { runCopy } from "../copy/run.ts";
import { copyLimits, type Segment } from "../copy/segments.ts";
import { type ByteRange, type Token, tokenLimits } from "../copy/tokens.ts";
import { unitByDesignator } from "../copy/units.ts";
import { designatorType, deviceDesignator } from "../designators.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The commands of token copies. */
export const tokenCommands: readonly Command[] = [
  command({
    name: "POPULATE TOKEN",
    spec: "SBC-4 §5.12",
    usage: "83 10 00 00 00 00 ff ff ff ff ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "gather",
    access: "read",
    needsMedium: true,
    plan: planList,
    run: populate,
  }),
  command({
    name: "WRITE USING TOKEN",
    spec: "SBC-4",
    usage: "83 11 00 00 00 00 ff ff ff ff ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "gather",
    access: "write",
    writes: true,
    needsMedium: true,
    plan: planList,
    run: writeUsingToken,
  }),
  command({
    name: "REPORT ALL ROD TOKENS",
    spec: "SPC-5",
    usage: "84 08 00 00 00 00 00 00 00 00 ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "in",
    access: "free",
    run: reportAllTokens,
  }),
];

function planList(task: ScsiTask): void {
  const length = tokenCdb.parameterListLength.get(task.cdb);
  if (length > copyLimits.listBytes) throw new ScsiError(sense.parameterListLengthError);
  task.transferLength = length;
}

function populate(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data, nexus } = task;
  const ranges = parseRanges(data, populateList, unit);
  const { typeValid, immediate, inactivityTimeout, rodType: type } = populateList.decode(data);
  if (typeValid && type !== rodType.changeVulnerable && type !== rodType.anyPointInTime) {
    throw invalid(populateList.rodType.offset);
  }
  if (inactivityTimeout > tokenLimits.maximumTimeout) throw invalid(populateList.inactivityTimeout.offset);
  const timeout = inactivityTimeout || tokenLimits.defaultTimeout;
  return runCopy(task, unit, modeOf(task, unit, immediate), (operation) => {
    const { at, length } = bounds(ranges);
    // What is being written is in the token or makes it invalid, and not something between.
    return alone(unit, at, length, operation, () => {
      checkSource(unit, nexus);
      const device = deviceDesignator(nexus);
      const token = unit.tokens.make({
        ranges,
        timeout,
        creator: creatorOf(unit),
        blockLength: unit.blockSize,
        device: device.length > rodToken.device.length ? new Uint8Array(0) : device,
        secret: unit.random(rodToken.secret.length),
      }, unit.clock());
      operation.token = token.bytes;
      operation.moved(token.length);
    });
  });
}

function writeUsingToken(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data, nexus } = task;
  const ranges = parseRanges(data, useList, unit);
  const { deleteToken, immediate, offset, token: bytes } = useList.decode(data);
  if (rodToken.length.get(bytes) !== rodTokenLength) throw new ScsiError(sense.invalidTokenLength);
  const mode = modeOf(task, unit, immediate);
  const type = rodToken.type.get(bytes);
  if (type === rodType.zero) {
    return runCopy(task, unit, mode, async (operation) => {
      for (const range of ranges) await zeroRange(unit, range, nexus, operation);
    });
  }
  if (type !== rodType.changeVulnerable) throw new ScsiError(sense.invalidTokenType);
  const source = unitByDesignator(rodToken.creator.get(bytes), 0, nexus);
  if (source === undefined) throw new ScsiError(sense.invalidTokenUnknown);
  const token = source.tokens.find(bytes, source.clock());
  if (offset * unit.blockSize >= token.length) throw invalid(useList.offset.offset);
  const segments = [...segmentsOf(token, source, unit, offset * unit.blockSize, ranges)];
  return runCopy(task, unit, mode, async (operation) => {
    token.users++;
    try {
      for (const segment of segments) await copySegment(segment, nexus, operation);
      operation.residual = sum(segments) < sum(ranges);
      if (deleteToken && !operation.aborted) source.tokens.delete(token);
    } finally {
      token.users--;
      token.used = source.clock();
    }
  });
}

function modeOf({ cdb }: ScsiTask, { blockSize }: LogicalUnit, immediate: boolean): CopyMode {
  return { listId: tokenCdb.longListId.get(cdb), immediate, countedIn: blockSize };
}

/** The ranges of the destination, cut where those of the token end. More than the token holds is not written. */
function* segmentsOf(
  token: Token,
  source: LogicalUnit,
  destination: LogicalUnit,
  offset: number,
  ranges: readonly ByteRange[],
): Generator<Segment> {
  const check = (): void => {
    if (token.gone !== undefined) throw new ScsiError(token.gone);
  };
  let skip = offset;
  let index = 0;
  for (const range of ranges) {
    for (let done = 0; done < range.length;) {
      const from = token.ranges[index];
      if (from === undefined) return;
      if (skip >= from.length) {
        skip -= from.length;
        index++;
        continue;
      }
      const length = Math.min(range.length - done, from.length - skip);
      // A range of small blocks that ends in the middle of a large one.
      if (length % destination.blockSize !== 0) throw new ScsiError(sense.invalidTokenOperation);
      yield { source, destination, from: from.at + skip, to: range.at + done, length, check };
      done += length;
      skip += length;
    }
  }
}

/** The block device range descriptors behind a header, which are read in its terms (SBC-4 §5.12). */
function parseRanges(data: Uint8Array, header: typeof populateList | typeof useList, unit: LogicalUnit): ByteRange[] {
  if (data.length < header.size) throw new ScsiError(sense.parameterListLengthError);
  const listLength = header.rangesLength.get(data);
  const shortest = header.size + rangeDescriptor.size - header.dataLength.length;
  if (header.dataLength.get(data) < shortest) throw invalid(header.dataLength.offset);
  if (listLength < rangeDescriptor.size || listLength % rangeDescriptor.size !== 0) {
    throw invalid(header.rangesLength.offset);
  }
  if (listLength / rangeDescriptor.size > tokenLimits.ranges) throw new ScsiError(sense.tooManySegmentDescriptors);
  if (header.size + listLength > data.length) throw new ScsiError(sense.parameterListLengthError);
  const ranges: ByteRange[] = [];
  for (let at = header.size; at < header.size + listLength; at += rangeDescriptor.size) {
    const lba = rangeDescriptor.lba.get(data, at);
    const blocks = rangeDescriptor.blocks.get(data, at);
    if (lba + blocks > unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    const range = { at: lba * unit.blockSize, length: blocks * unit.blockSize };
    if (ranges.some((other) => range.at < other.at + other.length && other.at < range.at + range.length)) {
      throw invalid(at + rangeDescriptor.lba.offset);
    }
    if (sum(ranges) + range.length > copyLimits.tokenBytes) throw invalid(at + rangeDescriptor.blocks.offset);
    if (blocks > 0) ranges.push(range);
  }
  return ranges;
}

function sum(ranges: readonly { readonly length: number }[]): number {
  return ranges.reduce((total, { length }) => total + length, 0);
}

/** From the first byte of all ranges to the last. */
function bounds(ranges: readonly ByteRange[]): ByteRange {
  const at = Math.min(...ranges.map((range) => range.at));
  return ranges.length === 0 ? { at: 0, length: 0 } : { at, length: Math.max(...ranges.map(endOf)) - at };
}

function endOf({ at, length }: ByteRange): number {
  return at + length;
}

/** The unit as an identification CSCD descriptor, by its NAA designator. */
function creatorOf({ identity: { naa }, blockSize }: LogicalUnit): Uint8Array {
  return identification.encode({
    type: identificationType,
    codeSet: 1,
    designatorType: designatorType.naa,
    designatorLength: naa.length,
    designator: naa,
    blockLength: blockSize,
  });
}

const allTokensHeader = layout("SPC-5", 8, { available: u32(0) });

/** Tokens that have not run out, each of them whole. */
function reportAllTokens(task: ScsiTask, unit: LogicalUnit): void {
  const tokens = unit.tokens.all(unit.clock());
  const data = new Uint8Array(allTokensHeader.size + tokens.length * rodToken.size);
  allTokensHeader.available.set(data, data.length - 4);
  for (const [i, token] of tokens.entries()) data.set(token.bytes, allTokensHeader.size + i * rodToken.size);
  answer(task, data, resultsCdb.allocationLength.get(task.cdb));
}

function invalid(byte: number): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte, inData: true } });
}
