/**
 * What there is to know of a logical unit before it is put under load.
 *
 * @module
 */

import { ascii, bits, layout, u32, u64, u8 } from "../bytes/layout.ts";
import type { CommandResult } from "../initiator/command.ts";
import type { Initiator } from "../initiator/initiator.ts";
import { inquiryCdb, readCapacity10Cdb, readCapacity16Cdb } from "../scsi/cdb.ts";
import { status } from "../scsi/status.ts";
import { CommandFailedError, isUnitAttention } from "./errors.ts";

/** A logical unit with blocks. */
export interface Unit {
  readonly vendor: string;
  readonly product: string;
  /** Bytes. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Bytes that one command may move; `Infinity` when the unit names no limit. */
  readonly maxTransfer: number;
}

const standardInquiry = layout("SPC-5 §6.7.2", 36, {
  qualifier: bits(0, 7, 5),
  deviceType: bits(0, 4, 0),
  vendor: ascii(8, 8),
  product: ascii(16, 16),
});
const capacity10 = layout("SBC-4 §5.20", 8, { lastBlock: u32(0), blockSize: u32(4) });
const capacity16 = layout("SBC-4 §5.21.2", 12, { lastBlock: u64(0), blockSize: u32(8) });
const blockLimits = layout("SBC-4", 12, { page: u8(1), maxTransferBlocks: u32(8) });

/** The VPD page of block limits (SBC-4). */
const BLOCK_LIMITS = 0xb0;

/** READ CAPACITY (10) says this of what only READ CAPACITY (16) can tell (SBC-4 §5.20). */
const TOO_LARGE = 0xffff_ffff;

/** Types with blocks to read: disks, CD and DVD, optical memory, simplified disks (SPC-5 §6.7.2). */
const withBlocks: readonly number[] = [0x00, 0x05, 0x07, 0x0e];

/** Unit attentions that a new session may have to hear, one after the other. */
const MAX_ATTENTIONS = 16;

/**
 * Learns what a logical unit is; unit attentions are heard out.
 *
 * @throws {CommandFailedError} it is not ready.
 * @throws {Error} there is none, or it has no blocks.
 */
export async function learnUnit(initiator: Pick<Initiator, "execute">, lun: number): Promise<Unit> {
  async function ask(what: string, cdb: Uint8Array, length: number, least: number): Promise<Uint8Array> {
    const result = await attempt(initiator, cdb, lun, length);
    if (result.status !== status.good) throw new CommandFailedError(`${what} LUN ${lun}`, result.status, result.sense);
    if (result.data.length < least) throw new Error(`Cannot ${what} LUN ${lun}: the target says too little`);
    return result.data;
  }
  const identity = await ask("identify", inquiry(), 255, standardInquiry.size);
  const { qualifier, deviceType, vendor, product } = standardInquiry.decode(identity);
  if (qualifier !== 0) throw new Error(`Cannot use LUN ${lun}: the target has no such logical unit`);
  if (!withBlocks.includes(deviceType)) {
    throw new Error(`Cannot use LUN ${lun}: it is no disk, but of type ${deviceType}`);
  }
  await ask("use", new Uint8Array(6), 0, 0);
  let size = capacity10.decode(await ask("learn the size of", readCapacity(10), 8, capacity10.size));
  if (size.lastBlock === TOO_LARGE) {
    size = capacity16.decode(await ask("learn the size of", readCapacity(16), 32, capacity16.size));
  }
  if (size.blockSize === 0) throw new Error(`Cannot use LUN ${lun}: the target says that its blocks are empty`);
  const limits = await attempt(initiator, inquiry(BLOCK_LIMITS), lun, 255);
  const maxTransfer = limits.status === status.good ? limitOf(limits.data) * size.blockSize : Infinity;
  return { vendor, product, blockSize: size.blockSize, blocks: size.lastBlock + 1, maxTransfer };
}

function limitOf(page: Uint8Array): number {
  if (page.length < blockLimits.size || blockLimits.page.get(page) !== BLOCK_LIMITS) return Infinity;
  return blockLimits.maxTransferBlocks.get(page) || Infinity;
}

async function attempt(
  initiator: Pick<Initiator, "execute">,
  cdb: Uint8Array,
  lun: number,
  length: number,
): Promise<CommandResult> {
  for (let tries = 0;; tries++) {
    const result = await initiator.execute(cdb, { lun, ...(length === 0 ? {} : { dataIn: length }) });
    if (!isUnitAttention(result.status, result.sense) || tries === MAX_ATTENTIONS) return result;
  }
}

function inquiry(page?: number): Uint8Array {
  const vital = page === undefined ? {} : { vitalProductData: true, page };
  return inquiryCdb.encode({ opcode: 0x12, allocationLength: 255, ...vital });
}

function readCapacity(length: 10 | 16): Uint8Array {
  if (length === 10) return readCapacity10Cdb.encode({ opcode: 0x25 });
  return readCapacity16Cdb.encode({ opcode: 0x9e, serviceAction: 0x10, allocationLength: 32 });
}
