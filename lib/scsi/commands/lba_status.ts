/**
 * GET LBA STATUS (16) and (32): which blocks are there, and which are not.
 *
 * @module
 */

import { bits, type Field, flag, layout, u32, u64 } from "../../bytes/layout.ts";
import type { Extent } from "../../store/store.ts";
import { getLbaStatus16Cdb, getLbaStatus32Cdb } from "../block_cdbs.ts";
import { answer, type Command, command, type CommandColumns } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The header of GET LBA STATUS parameter data. */
export const lbaStatusHeader = layout("SBC-4 §5.6.2.1", 8, {
  length: u32(0),
  completionCondition: bits(7, 3, 1),
  reportTypeProcessed: flag(7, 0),
});

/** An LBA status descriptor. */
export const lbaStatusDescriptor = layout("SBC-4 §5.6.2.2", 16, {
  lba: u64(0),
  blocks: u32(8),
  status: bits(12, 3, 0),
});

/** PROVISIONING STATUS (SBC-4 §5.6.2.2): what is mapped has another number when only certain blocks are asked for. */
export const provisioningStatus = { mappedOrUnknown: 0, deallocated: 1, mapped: 3 } as const;

/** COMPLETION CONDITION: why there are no more descriptors (SBC-4 §5.6.2.1). */
export const completionCondition = { none: 0, allocationLength: 1, scanLength: 2, capacity: 3 } as const;

/** REPORT TYPE: which blocks are asked for (SBC-4 §5.6.1). */
export const reportType = { all: 0, known: 1, mapped: 2, deallocated: 3, anchored: 4, unreadable: 0x10 } as const;

/** The statuses that a report type wants; no block is ever anchored, or known to be unreadable. */
const wanted: ReadonlyMap<number, readonly number[]> = new Map([
  [reportType.all, [provisioningStatus.mappedOrUnknown, provisioningStatus.deallocated]],
  [reportType.known, [provisioningStatus.mapped, provisioningStatus.deallocated]],
  [reportType.mapped, [provisioningStatus.mapped]],
  [reportType.deallocated, [provisioningStatus.deallocated]],
  [reportType.anchored, []],
  [reportType.unreadable, []],
]);

/** Bytes of the store that are looked at first; more and more when little comes of it. */
const lookedAt = 0x400_0000;

/** LBA status descriptors in one answer at most; whoever wants more asks on from where it ends. */
const mostDescriptors = 4096;

/** The fields of a CDB that both have. */
interface StatusFields {
  readonly lba: Field<number>;
  readonly reportType: Field<number>;
  readonly scanLength?: Field<number>;
  readonly allocationLength: Field<number>;
}

/** The commands that tell the provisioning status of blocks. */
export const lbaStatusCommands: readonly Command[] = [
  row({
    name: "GET LBA STATUS (32)",
    spec: "SBC-4 §5.7",
    // There are no physical elements to be told apart.
    usage: "7f 00 00 00 00 00 00 18 00 12 ff 00 ff ff ff ff ff ff ff ff ff ff ff ff 00 00 00 00 ff ff ff ff",
  }, getLbaStatus32Cdb),
  row({
    name: "GET LBA STATUS (16)",
    spec: "SBC-4 §5.6",
    usage: "9e 12 ff ff ff ff ff ff ff ff ff ff ff ff ff 00",
    hasServiceAction: true,
  }, getLbaStatus16Cdb),
];

function row(
  columns: Pick<CommandColumns, "name" | "spec" | "usage" | "hasServiceAction">,
  cdb: StatusFields,
): Command {
  return command({
    ...columns,
    data: "in",
    access: "read",
    needsMedium: true,
    plan(task, unit) {
      if (!wanted.has(cdb.reportType.get(task.cdb))) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: cdb.reportType.offset } });
      }
      if (cdb.lba.get(task.cdb) >= unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
    },
    run: (task, unit) => getLbaStatus(task, unit, cdb),
  });
}

async function getLbaStatus(task: ScsiTask, unit: LogicalUnit, cdb: StatusFields): Promise<void> {
  const allocationLength = cdb.allocationLength.get(task.cdb);
  const room = Math.max(1, Math.floor((allocationLength - lbaStatusHeader.size) / lbaStatusDescriptor.size));
  const most = Math.min(room, mostDescriptors);
  const list = new StatusList(unit.blockSize, cdb.reportType.get(task.cdb));
  const first = cdb.lba.get(task.cdb);
  const last = Math.min(unit.blocks, first + (cdb.scanLength?.get(task.cdb) || unit.blocks));
  const end = last * unit.blockSize;
  let at = list.useless ? end : first * unit.blockSize;
  // One more than is wanted tells where the last one ends.
  for (let length = lookedAt; at < end && list.found <= most && !task.aborted; length *= 2) {
    length = Math.min(length, end - at);
    const extents = unit.thin ? await unit.store.extents(at, length) : [{ at, length, allocated: true }];
    for (const extent of joined(extents)) list.add(extent);
    at += length;
    if (extents.length > 1) length = lookedAt / 2;
    if (at < end) await unit.breathe();
  }
  let completion: number = last === unit.blocks ? completionCondition.capacity : completionCondition.scanLength;
  if (list.found > most) {
    completion = most === room ? completionCondition.allocationLength : completionCondition.none;
  }
  answer(task, list.encode(most, completion), allocationLength);
}

/** Descriptors that grow with the extents of a store. */
class StatusList {
  readonly #descriptors: { lba: number; blocks: number; status: number }[] = [];
  readonly #blockSize: number;
  readonly #mapped: number;
  readonly #wanted: readonly number[];
  /** Descriptors that are wanted. */
  found = 0;

  constructor(blockSize: number, type: number) {
    this.#blockSize = blockSize;
    this.#mapped = type === reportType.all ? provisioningStatus.mappedOrUnknown : provisioningStatus.mapped;
    this.#wanted = wanted.get(type) ?? [];
  }

  /** No block can be wanted. */
  get useless(): boolean {
    return this.#wanted.length === 0;
  }

  /** The next extent, which differs from the one before. A block that is only partly allocated is allocated. */
  add({ at, length, allocated }: Extent): void {
    const first = at / this.#blockSize;
    const end = (at + length) / this.#blockSize;
    if (allocated) this.#push(Math.floor(first), Math.ceil(end), this.#mapped);
    else this.#push(Math.ceil(first), Math.floor(end), provisioningStatus.deallocated);
  }

  encode(most: number, completion: number): Uint8Array {
    const reported = this.#descriptors.filter(({ status }) => this.#wanted.includes(status)).slice(0, most);
    const { size } = lbaStatusHeader;
    const data = new Uint8Array(size + reported.length * lbaStatusDescriptor.size);
    lbaStatusHeader.encode(
      { length: data.length - 4, completionCondition: completion, reportTypeProcessed: true },
      data,
    );
    reported.forEach((descriptor, i) => {
      lbaStatusDescriptor.encode(descriptor, data, size + i * lbaStatusDescriptor.size);
    });
    return data;
  }

  #push(from: number, to: number, status: number): void {
    const last = this.#descriptors.at(-1);
    // What the descriptor before covers already stays with it.
    let lba = last === undefined ? from : Math.max(from, last.lba + last.blocks);
    if (last !== undefined && last.status === status && lba === last.lba + last.blocks && to > lba) {
      const more = Math.min(to - lba, 0xffff_ffff - last.blocks);
      last.blocks += more;
      lba += more;
    }
    for (let blocks = 0; lba < to; lba += blocks) {
      blocks = Math.min(to - lba, 0xffff_ffff);
      this.#descriptors.push({ lba, blocks, status });
      if (this.#wanted.includes(status)) this.found++;
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
