/**
 * The sizes of blocks: of a logical block, of the physical block it is a part of, and where physical blocks begin
 * (SBC-4 §4.6).
 *
 * Tested in tests/scsi/logical_unit_test.ts.
 *
 * @module
 */

import type { BlockStore } from "../store/store.ts";
import { discBlockSize } from "./disc.ts";
import type { UnitKind } from "./unit_kind.ts";

/** What is asked for. */
export interface BlockSizeOptions {
  readonly store: BlockStore;
  readonly kind?: UnitKind;
  /** Bytes of a logical block: 512 (the default), 1024, 2048, 4096 … 65536; a multiple of the store's. */
  readonly blockSize?: number;
  /**
   * Bytes of a physical block: a power of two, from one logical block to 32768 of them; when absent 4096, or a logical block
   * that is larger. It is a hint: initiators align what they write to it.
   */
  readonly physicalBlockSize?: number;
  /** The first logical block with which a physical block begins, 0 by default; less than a physical block has. */
  readonly lowestAlignedLba?: number;
}

/** What a logical unit has. */
export interface BlockSizes {
  /** Bytes of a logical block. */
  readonly blockSize: number;
  /** LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT, 0 to 15. */
  readonly physicalBlockExponent: number;
  /** LOWEST ALIGNED LOGICAL BLOCK ADDRESS, 0 to 16383. */
  readonly lowestAlignedLba: number;
}

/** The largest LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT: the field has 4 bits (SBC-4 §5.21.2). */
const highestExponent = 15;

/** The largest LOWEST ALIGNED LOGICAL BLOCK ADDRESS: the field has 14 bits (SBC-4 §5.21.2). */
const highestAlignedLba = 0x3fff;

/** What most file systems and disks have. */
const usualPhysicalBlock = 4096;

/** The sizes that are asked for. Throws a `RangeError` when they do not fit each other, or the store. */
export function blockSizesOf(options: BlockSizeOptions): BlockSizes {
  const disc = options.kind === "cdrom";
  const { store, blockSize = disc ? discBlockSize : 512, lowestAlignedLba = 0 } = options;
  if (disc && blockSize !== discBlockSize) {
    throw new RangeError(`Cannot use blocks of ${blockSize} bytes: a CD-ROM has ${discBlockSize}`);
  }
  checkBlockSize(blockSize, store);
  const { physicalBlockSize = disc ? blockSize : Math.max(blockSize, usualPhysicalBlock) } = options;
  const physicalBlockExponent = Math.log2(physicalBlockSize / blockSize);
  if (
    !Number.isInteger(physicalBlockExponent) || physicalBlockExponent < 0 || physicalBlockExponent > highestExponent
  ) {
    throw new RangeError(
      `Cannot use physical blocks of ${physicalBlockSize} bytes: not a power of two from ${blockSize} to ${
        blockSize * 2 ** highestExponent
      }`,
    );
  }
  const last = Math.min(2 ** physicalBlockExponent - 1, highestAlignedLba);
  if (!Number.isInteger(lowestAlignedLba) || lowestAlignedLba < 0 || lowestAlignedLba > last) {
    throw new RangeError(`Cannot align physical blocks to LBA ${lowestAlignedLba}: it is not from 0 to ${last}`);
  }
  return { blockSize, physicalBlockExponent, lowestAlignedLba };
}

function checkBlockSize(blockSize: number, store: BlockStore): void {
  const power = Math.log2(blockSize);
  if (!Number.isInteger(power) || power < 9 || power > 16) {
    throw new RangeError(`Cannot use blocks of ${blockSize} bytes: not a power of two from 512 to 65536`);
  }
  if (blockSize % store.blockSize !== 0) {
    throw new RangeError(`Cannot use blocks of ${blockSize} bytes: the store's have ${store.blockSize}`);
  }
  if (store.size < blockSize) throw new RangeError(`Cannot use a store of ${store.size} bytes: it holds no block`);
}
