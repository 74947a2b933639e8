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
import { checkCopy, copySegment, zeroRange } from "../copy/mover.ts";
import { runCopy } from "../copy/run.ts";
import { copyLimits } from "../copy/segments.ts";
import { type ByteRange, encodeToken, type Token, tokenLimits } from "../copy/tokens.ts";
import { unitByDesignator } from "../copy/units.ts";
import { designatorType } from "../designators.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The commands of token copies. */
export const tokenCommands: readonly Command[] = [
  command({
    name: "POPULATE TOKEN",
    spec: "SBC-3 §5.7",
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
    spec: "SBC-3 §5.43",
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
    spec: "SPC-4 §6.27",
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
  const { data } = task;
  if (data.length < populateList.size) throw new ScsiError(sense.parameterListLengthError);
  const { typeValid, immediate, inactivityTimeout, rodType: type, rangesLength } = populateList.decode(data);
  if (typeValid && type !== rodType.any && type !== rodType.changeVulnerable) {
    throw new ScsiError(sense.invalidTokenType);
  }
  if (inactivityTimeout > tokenLimits.maximumTimeout) throw invalid(populateList.inactivityTimeout.offset);
  const ranges = parseRanges(data, populateList.size, rangesLength, unit);
  return runCopy(task, unit, { listId: tokenCdb.longListId.get(task.cdb), immediate }, (operation) => {
    const token = unit.tokens.make(ranges, inactivityTimeout || tokenLimits.defaultTimeout, unit.clock());
    operation.token = encodeToken(token, creatorOf(unit), unit.blockSize);
    operation.moved(token.length / unit.blockSize);
    return Promise.resolve();
  });
}

function writeUsingToken(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data } = task;
  if (data.length < useList.size) throw new ScsiError(sense.parameterListLengthError);
  const { deleteToken, immediate, offset, token: bytes, rangesLength } = useList.decode(data);
  const ranges = parseRanges(data, useList.size, rangesLength, unit);
  if (rodToken.length.get(bytes) !== rodTokenLength) throw new ScsiError(sense.invalidTokenLength);
  const mode = { listId: tokenCdb.longListId.get(task.cdb), immediate };
  if (rodToken.type.get(bytes) === rodType.zero) {
    return runCopy(task, unit, mode, async (operation) => {
      for (const { at, length } of ranges) await zeroRange(unit, at, length, inBlocks(operation, unit));
    });
  }
  const source = unitByDesignator(rodToken.creator.get(bytes), 0, task.nexus);
  const identifier = rodToken.identifier.get(bytes);
  const token = source?.tokens.find(identifier, source.clock());
  if (source === undefined || token === undefined) throw new ScsiError(sense.invalidTokenUnknown);
  if (token.stale) throw new ScsiError(sense.invalidTokenRevoked);
  checkCopy(source, unit, task.nexus);
  return runCopy(task, unit, mode, async (operation) => {
    const progress = inBlocks(operation, unit);
    for (const segment of segmentsOf(token, source, unit, offset * unit.blockSize, ranges)) {
      if (token.stale) throw new ScsiError(sense.invalidTokenRevoked);
      await copySegment(segment, progress);
    }
    if (deleteToken) source.tokens.delete(identifier);
  });
}

/** Transfer counts of token copies are logical blocks (SBC-3 §5.43.1). */
function inBlocks(operation: { readonly aborted: boolean; moved(count: number): void }, unit: LogicalUnit) {
  return {
    get aborted(): boolean {
      return operation.aborted;
    },
    moved: (bytes: number): void => operation.moved(bytes / unit.blockSize),
  };
}

/** The ranges of the destination, cut where those of the token end. More than the token holds is not written. */
function* segmentsOf(
  token: Token,
  source: LogicalUnit,
  destination: LogicalUnit,
  offset: number,
  ranges: readonly ByteRange[],
): Generator<{ source: LogicalUnit; destination: LogicalUnit; from: number; to: number; length: number }> {
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
      yield { source, destination, from: from.at + skip, to: range.at + done, length };
      done += length;
      skip += length;
    }
  }
}

function parseRanges(data: Uint8Array, start: number, length: number, unit: LogicalUnit): ByteRange[] {
  if (start + length > data.length || length % rangeDescriptor.size !== 0) {
    throw new ScsiError(sense.parameterListLengthError);
  }
  if (length / rangeDescriptor.size > tokenLimits.ranges) {
    throw new ScsiError(sense.tooManySegmentDescriptors);
  }
  const ranges: ByteRange[] = [];
  let total = 0;
  for (let at = start; at < start + length; at += rangeDescriptor.size) {
    const lba = rangeDescriptor.lba.get(data, at);
    const blocks = rangeDescriptor.blocks.get(data, at);
    if (lba + blocks > unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    total += blocks * unit.blockSize;
    if (total > copyLimits.tokenBytes) throw invalid(at + rangeDescriptor.blocks.offset);
    if (blocks > 0) ranges.push({ at: lba * unit.blockSize, length: blocks * unit.blockSize });
  }
  return ranges;
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

const allTokensHeader = layout("SPC-4 §6.27", 8, { available: u32(0) });

/** Tokens that have not run out, each of them whole. */
function reportAllTokens(task: ScsiTask, unit: LogicalUnit): void {
  const tokens = [...unit.tokens.all()].map((token) => encodeToken(token, creatorOf(unit), unit.blockSize));
  const data = new Uint8Array(allTokensHeader.size + tokens.length * rodToken.size);
  allTokensHeader.available.set(data, data.length - 4);
  for (const [i, token] of tokens.entries()) data.set(token, allTokensHeader.size + i * rodToken.size);
  answer(task, data, resultsCdb.allocationLength.get(task.cdb));
}

function invalid(byte: number): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte, inData: true } });
}
