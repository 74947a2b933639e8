/**
 * PRE-FETCH (10) and (16), and the SEEKs of old: hints where the initiator is going to read.
 *
 * @module
 */

import { planRange, scratchSize } from "../blocks.ts";
import { block10, block16, block6, type BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { status } from "../status.ts";
import { isForeseen } from "../store_errors.ts";
import type { ScsiTask } from "../task.ts";

/** Bytes that are read ahead for one command; what is longer is left to the READs. */
const mostFetched = 0x400_0000;

/** The commands that move nothing. */
export const prefetchCommands: readonly Command[] = [
  prefetch("PRE-FETCH (10)", "SBC-4 §5.13", "34 02 ff ff ff ff 1f ff ff 00", block10),
  prefetch("PRE-FETCH (16)", "SBC-4 §5.14", "90 02 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
  // Obsolete, but guests of their time still send them.
  seek("SEEK (6)", "0b 1f ff ff 00 00", block6),
  seek("SEEK (10)", "2b 00 ff ff ff ff 00 00 00 00", block10),
];

function prefetch(name: string, spec: string, usage: string, addressing: BlockAddressing): Command {
  return command({
    name,
    spec,
    usage,
    data: "none",
    access: "read",
    needsMedium: true,
    plan(task, unit) {
      planRange(task, unit, addressing);
      const notes = notesOf(task);
      // Zero stands for all blocks up to the end.
      if (addressing.blocks.get(task.cdb) === 0) notes.length = unit.blocks * unit.blockSize - notes.at;
    },
    run: fetch,
  });
}

function seek(name: string, usage: string, addressing: BlockAddressing): Command {
  const nowhere = { ...addressing.blocks, get: () => 1 };
  return command({
    name,
    spec: "SBC-4",
    usage,
    data: "none",
    access: "read",
    needsMedium: true,
    plan: (task, unit) => planRange(task, unit, { lba: addressing.lba, blocks: nowhere }),
    run() {},
  });
}

/** Reading brings blocks into the cache of the system. CONDITION MET says that all have, or will have, come there. */
function fetch(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const { at, length } = notesOf(task);
  if (length > mostFetched) return;
  task.status = status.conditionMet;
  const fetching = readAll(unit, at, length);
  if (!block10.immed.get(task.cdb)) return orElseGood(task, fetching);
  // The READ that follows will tell what is wrong.
  fetching.catch((error: unknown) => {
    if (!isForeseen(error)) unit.onFault(error);
  });
}

async function orElseGood(task: ScsiTask, fetching: Promise<void>): Promise<void> {
  try {
    await fetching;
  } catch (error) {
    task.status = status.good;
    throw error;
  }
}

async function readAll(unit: LogicalUnit, at: number, length: number): Promise<void> {
  const scratch = new Uint8Array(Math.min(length, scratchSize));
  for (let done = 0; done < length; done += scratch.length) {
    await unit.store.read(scratch.subarray(0, Math.min(scratch.length, length - done)), at + done);
    await unit.breathe();
  }
}
