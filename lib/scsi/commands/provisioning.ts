/**
 * UNMAP: gives blocks back.
 *
 * @module
 */

import { layout, u16, u32, u64 } from "../../bytes/layout.ts";
import { unmapCdb } from "../block_cdbs.ts";
import { mustFlush } from "../blocks.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The header of an UNMAP parameter list. */
export const unmapHeader = layout("SBC-4 §5.35", 8, { dataLength: u16(0), descriptorLength: u16(2) });

/** An UNMAP block descriptor. */
export const unmapDescriptor = layout("SBC-4 §5.35", 16, { lba: u64(0), blocks: u32(8) });

/** Bytes of the store that are given back between two breaths. */
const unmappedAtOnce = 0x4000_0000;

/** UNMAP. */
export const provisioningCommands: readonly Command[] = [
  command({
    name: "UNMAP",
    spec: "SBC-4 §5.35",
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
