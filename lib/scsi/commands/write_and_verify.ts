/**
 * WRITE AND VERIFY (10), (12), (16), (32): writes, and reads what was written; with BYTCHK it has to be the same.
 *
 * @module
 */

import type { Field } from "../../bytes/layout.ts";
import { block32 } from "../block_cdbs.ts";
import { planTransfer, putBlocks, scratchSize } from "../blocks.ts";
import { block10, block12, block16, type BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";
import { compare } from "./verify.ts";

/** BYTCHK (SBC-4 §5.44); there is no comparing of all with one block, as VERIFY has it. */
const byteCheck = { none: 0, all: 1 } as const;

interface Verification extends BlockAddressing {
  readonly bytchk: Field<number>;
}

/** The WRITE AND VERIFY commands. WRPROTECT is reserved: no protection information is kept. */
export const writeAndVerifyCommands: readonly Command[] = [
  row("WRITE AND VERIFY (10)", "SBC-4 §5.44", "2e 16 ff ff ff ff 1f ff ff 00", block10),
  row("WRITE AND VERIFY (12)", "SBC-4 §5.45", "ae 16 ff ff ff ff ff ff ff ff 1f 00", block12),
  row("WRITE AND VERIFY (16)", "SBC-4 §5.46", "8e 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
  row(
    "WRITE AND VERIFY (32)",
    "SBC-4 §5.47",
    "7f 00 00 00 00 00 1f 18 00 0c 16 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    block32,
  ),
];

function row(name: string, spec: string, usage: string, addressing: Verification): Command {
  const { bytchk } = addressing;
  return command({
    name,
    spec,
    usage,
    data: "stream",
    access: "write",
    writes: true,
    needsMedium: true,
    plan(task, unit) {
      if (bytchk.get(task.cdb) > byteCheck.all) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: bytchk.offset, bit: 2 } });
      }
      planTransfer(task, unit, addressing);
    },
    run: (task, unit) => writeAndVerify(task, unit, bytchk.get(task.cdb) === byteCheck.all),
  });
}

/** What is verified is on the medium, not in a cache (SBC-4): the last piece waits for all to be flushed. */
async function writeAndVerify(task: ScsiTask, unit: LogicalUnit, compareAll: boolean): Promise<void> {
  const { dataLast } = task;
  await putBlocks(task, unit, notesOf(task), async (blocks, at) => {
    await unit.store.write(blocks, at);
    const medium = new Uint8Array(Math.min(blocks.length, scratchSize));
    for (let done = 0; done < blocks.length && !task.aborted; done += medium.length) {
      const piece = medium.subarray(0, Math.min(medium.length, blocks.length - done));
      await unit.store.read(piece, at + done);
      if (compareAll) compare(unit, piece, blocks, done, at + done);
    }
  });
  if (dataLast && unit.store.capabilities.volatileCache) await unit.store.flush();
}
