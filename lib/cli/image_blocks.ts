/**
 * The blocks of an image, as `block=`, `physical=` and `alignment=` say them.
 *
 * Tested in tests/cli/images_test.ts.
 *
 * @module
 */

import type { UsageError } from "./errors.ts";

/** What is said of the blocks of an image. */
export interface ImageBlocks {
  /** Bytes: 512, 1024, 2048 or 4096. */
  readonly blockSize?: number;
  /** Bytes: a power of two, 1 to 32768 logical blocks. */
  readonly physicalBlockSize?: number;
  /** Less than a physical block has logical ones. */
  readonly lowestAlignedLba?: number;
}

const blockSizes = [512, 1024, 2048, 4096];
const discBlockSize = 2048;
/** READ CAPACITY has 4 bits for it (SBC-4 §5.21.2). */
const highestExponent = 15;
/** READ CAPACITY has 14 bits for it (SBC-4 §5.21.2). */
const highestAlignment = 16383;

/**
 * Reads them.
 *
 * @param given options by their names
 * @param disc the image is a CD-ROM
 * @param problem makes the error of what is wrong
 * @throws {UsageError} when they cannot be
 */
export function blocksOf(
  given: ReadonlyMap<string, string>,
  disc: boolean,
  problem: (state: string) => UsageError,
): ImageBlocks {
  const block = given.get("block");
  if (disc) {
    if (block !== undefined && Number(block) !== discBlockSize) {
      throw problem(`a block of a CD-ROM has ${discBlockSize} bytes; write kind=disk for a disk`);
    }
    if (given.has("physical") || given.has("alignment")) {
      throw problem("a CD-ROM has no physical blocks that it could tell of");
    }
    return { blockSize: discBlockSize };
  }
  if (block !== undefined && !blockSizes.includes(Number(block))) {
    throw problem(`a block is ${blockSizes.join(", ")} bytes, not ${JSON.stringify(block)}`);
  }
  return { ...block === undefined ? {} : { blockSize: Number(block) }, ...physicalOf(given, problem) };
}

function physicalOf(given: ReadonlyMap<string, string>, problem: (state: string) => UsageError): ImageBlocks {
  const physical = given.get("physical");
  const alignment = given.get("alignment");
  const block = Number(given.get("block") ?? 512);
  const size = physical === undefined ? Math.max(block, 4096) : /^\d{3,9}$/.test(physical) ? Number(physical) : NaN;
  const exponent = Math.log2(size / block);
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > highestExponent) {
    const range = `a power of two from ${block} to ${block * 2 ** highestExponent} bytes`;
    throw problem(`a physical block is ${range}, not ${JSON.stringify(physical)}`);
  }
  const last = Math.min(2 ** exponent - 1, highestAlignment);
  if (alignment !== undefined && (!/^\d{1,5}$/.test(alignment) || Number(alignment) > last)) {
    throw problem(`an alignment is a number of blocks from 0 to ${last}, not ${JSON.stringify(alignment)}`);
  }
  return {
    ...physical === undefined ? {} : { physicalBlockSize: size },
    ...alignment === undefined ? {} : { lowestAlignedLba: Number(alignment) },
  };
}
