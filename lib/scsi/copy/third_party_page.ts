/**
 * VPD page 8Fh, Third-Party Copy: what the copy commands do, in descriptors. Windows reads the first one and takes
 * offloaded data transfer from it.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u64, u8 } from "../../bytes/layout.ts";
import { copyCommands } from "../commands/copy.ts";
import { copyResultsCommands } from "../commands/copy_results.ts";
import { tokenCommands } from "../commands/token.ts";
import { askedUnit, blockSegmentType, identificationType, rodType } from "./formats.ts";
import { rememberedCopies } from "./operations.ts";
import { copyLimits } from "./segments.ts";
import { tokenLimits } from "./tokens.ts";

const pageHeader = 4;

const blockRodLimits = layout("SPC-5", 36, {
  type: u16(0),
  length: u16(2),
  ranges: u16(10),
  maximumTimeout: u32(12),
  defaultTimeout: u32(16),
  maximumTransfer: u64(20),
  optimalTransfer: u64(28),
});

const parameterData = layout("SPC-5", 32, {
  type: u16(0),
  length: u16(2),
  descriptors: u16(8),
  segments: u16(10),
  listLength: u32(12),
  inlineLength: u32(16),
});

const supportedDescriptors = layout("SPC-5", 8, {
  type: u16(0),
  length: u16(2),
  count: u8(4),
  first: u8(5),
  second: u8(6),
});

const supportedIds = layout("SPC-5", 8, { type: u16(0), length: u16(2), listLength: u16(4), first: u16(6) });

const rodTokenFeatures = layout("SPC-5", 48, {
  type: u16(0),
  length: u16(2),
  remoteTokens: bits(4, 3, 0),
  minimumLifetime: u32(16),
  maximumLifetime: u32(20),
  maximumInactivity: u32(24),
  blockFeaturesLength: u16(46),
});

const blockRodFeatures = layout("SBC-4", 40, {
  format: u8(0),
  length: u16(2),
  granularity: u16(6),
  maximumBytes: u64(8),
  optimalBytes: u64(16),
  optimalToToken: u64(24),
  optimalFromToken: u64(32),
});

const supportedRods = layout("SPC-5", 8, { type: u16(0), length: u16(2), listLength: u16(6) });

const supportedRod = layout("SPC-5", 64, {
  rod: u32(0),
  tokenIn: flag(4, 1),
  tokenOut: flag(4, 0),
  preference: u16(6),
});

const generalOperations = layout("SPC-5", 36, {
  type: u16(0),
  length: u16(2),
  concurrent: u32(4),
  identified: u32(8),
  segmentLength: u32(12),
  segmentGranularity: u8(16),
  inlineGranularity: u8(17),
});

/** Operation codes of third-party copy: out and in. */
const copyOpcodes = [0x83, 0x84] as const;

/** The page with its header left blank, for a unit with blocks of `blockSize` bytes. */
export function thirdPartyPage(blockSize: number): Uint8Array {
  const descriptors = [
    descriptor(blockRodLimits, 0x0000, {
      ranges: tokenLimits.ranges,
      maximumTimeout: tokenLimits.maximumTimeout,
      defaultTimeout: tokenLimits.defaultTimeout,
      maximumTransfer: copyLimits.tokenBytes / blockSize,
      optimalTransfer: copyLimits.segmentBytes / blockSize,
    }),
    supportedCommands(),
    descriptor(parameterData, 0x0004, {
      descriptors: copyLimits.descriptors,
      segments: copyLimits.segments,
      listLength: copyLimits.descriptorBytes,
    }),
    descriptor(supportedDescriptors, 0x0008, { count: 2, first: blockSegmentType, second: identificationType }),
    descriptor(supportedIds, 0x000c, { listLength: 2, first: askedUnit }),
    tokenFeatures(),
    supportedRodTypes(),
    descriptor(generalOperations, 0x8001, {
      concurrent: rememberedCopies,
      identified: rememberedCopies,
      segmentLength: copyLimits.segmentBytes,
      segmentGranularity: 9,
    }),
  ];
  const data = new Uint8Array(descriptors.reduce((sum, { length }) => sum + length, pageHeader));
  let at = pageHeader;
  for (const bytes of descriptors) {
    data.set(bytes, at);
    at += bytes.length;
  }
  return data;
}

/** A descriptor of a fixed format, with its type and its length. */
function descriptor<T extends { type: number; length: number }>(
  format: { readonly size: number; encode(values: Partial<T>): Uint8Array },
  type: number,
  values: Partial<T>,
): Uint8Array {
  return format.encode({ ...values, type, length: format.size - 4 });
}

/** Tokens live as long as they are used, and none of another copy manager is taken (SPC-5). */
function tokenFeatures(): Uint8Array {
  const data = new Uint8Array(rodTokenFeatures.size + blockRodFeatures.size);
  rodTokenFeatures.encode({
    type: 0x0106,
    length: data.length - 4,
    minimumLifetime: tokenLimits.defaultTimeout,
    maximumLifetime: 0xffff_ffff,
    maximumInactivity: tokenLimits.maximumTimeout,
    blockFeaturesLength: blockRodFeatures.size,
  }, data);
  return blockRodFeatures.encode(
    {
      length: blockRodFeatures.size - 4,
      maximumBytes: copyLimits.tokenBytes,
      optimalBytes: copyLimits.segmentBytes,
      optimalToToken: copyLimits.tokenBytes,
      optimalFromToken: copyLimits.segmentBytes,
    },
    data,
    rodTokenFeatures.size,
  );
}

/** What POPULATE TOKEN makes and WRITE USING TOKEN takes (SPC-5). */
function supportedRodTypes(): Uint8Array {
  const rods = [
    { rod: rodType.changeVulnerable, tokenOut: true, tokenIn: true, preference: 1 },
    { rod: rodType.zero, tokenIn: true, preference: 1 },
  ];
  const listLength = rods.length * supportedRod.size;
  const data = new Uint8Array(supportedRods.size + listLength);
  supportedRods.encode({ type: 0x0108, length: data.length - 4, listLength }, data);
  for (const [i, values] of rods.entries()) {
    supportedRod.encode(values, data, supportedRods.size + i * supportedRod.size);
  }
  return data;
}

/** Operation codes with the service actions that are served (SPC-5). */
function supportedCommands(): Uint8Array {
  const commands = [...copyCommands, ...tokenCommands, ...copyResultsCommands];
  const list: number[] = [];
  for (const opcode of copyOpcodes) {
    const actions = commands.filter((row) => row.opcode === opcode).map(({ serviceAction }) => serviceAction ?? 0);
    list.push(opcode, actions.length, ...actions);
  }
  const data = new Uint8Array(5 + list.length + 3 & ~3);
  data.set([0x00, 0x01, 0x00, data.length - 4, list.length, ...list]);
  return data;
}
