/**
 * UNMAP and GET LBA STATUS: giving blocks back, and telling which ones are not there.
 *
 * @module
 */

import { bits, layout, u16, u32, u64 } from "../../bytes/layout.ts";
import type { Extent } from "../../store/store.ts";
import { getLbaStatusCdb, unmapCdb } from "../block_cdbs.ts";
import { mustFlush } from "../blocks.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The header of an UNMAP parameter list. */
export const unmapHeader = layout("SBC-3 §5.28.2", 8, { dataLength: u16(0), descriptorLength: u16(2) });

/** An UNMAP block descriptor. */
export const unmapDescriptor = layout("SBC-3 §5.28.2", 16, { lba: u64(0), blocks: u32(8) });

/** The header of GET LBA STATUS parameter data. */
export const lbaStatusHeader = layout("SBC-3 §5.4.2", 8, { length: u32(0) });

/** An LBA status descriptor. */
export const lbaStatusDescriptor = layout("SBC-3 §5.4.2", 16, {
  lba: u64(0),
  blocks: u32(8),
  status: bits(12, 3, 0),
});

/** PROVISIONING STATUS (SBC-3 §5.4.2). */
export const provisioningStatus = { mapped: 0, deallocated: 1 } as const;

/** Bytes of the store that are given back between two breaths. */
const unmappedAtOnce = 0x4000_0000;

/** Bytes of the store that are looked at first; more and more when little comes of it. */
const lookedAt = 0x400_0000;

/** LBA status descriptors in one answer at most; whoever wants more asks on from where it ends. */
const mostDescriptors = 4096;

/** The commands of logical block provisioning. */
export const provisioningCommands: readonly Command[] = [
  command({
    name: "UNMAP",
    spec: "SBC-3 §5.28",
    usage: "42 00 00 00 00 00 1f ff ff 00",
    data: "gather",
    access: "write",
    writes: true,
    needsMedium: true,
    supported: ({ thin }) => thin,
    plan(task, unit) {
      task.transferLength = unmapCdb.parameterListLength.get(task.cdb);
      if (task.transferLength > 0 && task.transferLength < unmapHeader.size) {
        throw new ScsiError(sense.parameterListLengthError);
      }
      // Which blocks it concerns is in the data.
      notesOf(task).length = unit.blocks * unit.blockSize;
    },
    run: unmap,
  }),
  command({
    name: "GET LBA STATUS",
    spec: "SBC-3 §5.4",
    usage: "9e 12 ff ff ff ff ff ff ff ff ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "in",
    access: "read",
    needsMedium: true,
    plan(task, unit) {
      if (getLbaStatusCdb.lba.get(task.cdb) >= unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    },
    run: getLbaStatus,
  }),
];

/** All descriptors are looked at before the first is obeyed. */
async function unmap(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data } = task;
  const descriptorsEnd = unmapHeader.size + unmapHeader.descriptorLength.get(data);
  const end = Math.min(data.length, unmapHeader.dataLength.get(data) + 2, descriptorsEnd);
  const { size } = unmapDescriptor;
  for (let at = unmapHeader.size; at + size <= end; at += size) {
    if (unmapDescriptor.lba.get(data, at) + unmapDescriptor.blocks.get(data, at) > unit.blocks) {
      throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    }
  }
  for (let at = unmapHeader.size; at + size <= end; at += size) {
    const from = unmapDescriptor.lba.get(data, at) * unit.blockSize;
    const length = unmapDescriptor.blocks.get(data, at) * unit.blockSize;
    for (let done = 0; done < length; done += unmappedAtOnce) {
      if (task.aborted) return;
      await unit.store.unmap(from + done, Math.min(unmappedAtOnce, length - done));
      if (done + unmappedAtOnce < length) await unit.breathe();
    }
  }
  if (mustFlush(unit, false)) await unit.store.flush();
}

async function getLbaStatus(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const allocationLength = getLbaStatusCdb.allocationLength.get(task.cdb);
  const wanted = Math.floor((allocationLength - lbaStatusHeader.size) / lbaStatusDescriptor.size);
  const list = new StatusList(unit.blockSize);
  const end = unit.blocks * unit.blockSize;
  const most = Math.max(1, Math.min(wanted, mostDescriptors));
  let at = getLbaStatusCdb.lba.get(task.cdb) * unit.blockSize;
  // One more than is wanted tells where the last one ends.
  for (let length = lookedAt; at < end && list.descriptors.length <= most && !task.aborted; length *= 2) {
    length = Math.min(length, end - at);
    const extents = unit.thin ? await unit.store.extents(at, length) : [{ at, length, allocated: true }];
    for (const extent of joined(extents)) list.add(extent);
    at += length;
    if (extents.length > 1) length = lookedAt / 2;
    if (at < end) await unit.breathe();
  }
  answer(task, list.encode(most), allocationLength);
}

/** Descriptors that grow with the extents of a store. */
class StatusList {
  readonly descriptors: { lba: number; blocks: number; status: number }[] = [];
  readonly #blockSize: number;

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
  }

  /** The next extent, which differs from the one before. A block that is only partly allocated is allocated. */
  add({ at, length, allocated }: Extent): void {
    const first = at / this.#blockSize;
    const end = (at + length) / this.#blockSize;
    if (allocated) this.#push(Math.floor(first), Math.ceil(end), provisioningStatus.mapped);
    else this.#push(Math.ceil(first), Math.floor(end), provisioningStatus.deallocated);
  }

  encode(most: number): Uint8Array {
    const count = Math.min(most, this.descriptors.length);
    const data = new Uint8Array(lbaStatusHeader.size + count * lbaStatusDescriptor.size);
    lbaStatusHeader.length.set(data, data.length - 4);
    for (let i = 0; i < count; i++) {
      const descriptor = this.descriptors[i];
      if (descriptor === undefined) break;
      lbaStatusDescriptor.encode(descriptor, data, lbaStatusHeader.size + i * lbaStatusDescriptor.size);
    }
    return data;
  }

  #push(from: number, to: number, status: number): void {
    const last = this.descriptors.at(-1);
    // What the descriptor before covers already stays with it.
    let lba = last === undefined ? from : Math.max(from, last.lba + last.blocks);
    if (last !== undefined && last.status === status && lba === last.lba + last.blocks && to > lba) {
      const more = Math.min(to - lba, 0xffff_ffff - last.blocks);
      last.blocks += more;
      lba += more;
    }
    for (let blocks = 0; lba < to; lba += blocks) {
      blocks = Math.min(to - lba, 0xffff_ffff);
      this.descriptors.push({ lba, blocks, status });
    }
  }
}

/** The same extents, neighbours of the same kind as one. */
function joined(extents: readonly Extent[]): readonly Extent[] {
  const all: Extent[] = [];
  for (const extent of extents) {
    const last = all.at(-1);
    if (last === undefined || last.allocated !== extent.allocated) all.push(extent);
    else all[all.length - 1] = { ...last, length: last.length + extent.length };
  }
  return all;
}
