/**
 * READ CD and READ CD MSF: sectors of a CD with the parts that are asked for, whatever of them an image keeps.
 *
 * @module
 */

import { readBytes } from "../blocks.ts";
import { longestTransfer } from "../block_limits.ts";
import { type Command, command } from "../command.ts";
import { discBlockSize, fromMsf, isCd } from "../disc.ts";
import { readCdCdb, readCdMsfCdb } from "../disc_cdbs.ts";
import { completeSector, sectorParts, sectorSize } from "../disc_sector.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type CommandNotes, notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";
import { read } from "./read.ts";

/** READ CD and READ CD MSF. */
export const discReadCommands: readonly Command[] = [
  row("READ CD MSF", "MMC-5 §6.21", "b9 1e 00 ff ff ff ff ff ff fe 07 00", (task, unit) => {
    const { start, end } = readCdMsfCdb.decode(task.cdb);
    const lba = fromMsf(start);
    const blocks = fromMsf(end) - lba;
    if (Number.isNaN(blocks)) {
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readCdMsfCdb.start.offset } });
    }
    if (blocks < 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readCdMsfCdb.end.offset } });
    planSectors(task, unit, lba, blocks);
  }),
  row("READ CD", "MMC-5 §6.20", "be 1e ff ff ff ff ff ff ff fe 07 00", (task, unit) => {
    const { lba, blocks } = readCdCdb.decode(task.cdb);
    planSectors(task, unit, lba, blocks);
  }),
];

function row(name: string, spec: string, usage: string, plan: (task: ScsiTask, unit: LogicalUnit) => void): Command {
  return command({
    ...{ name, spec, usage, plan },
    only: "cdrom",
    data: "in",
    access: "read",
    needsMedium: true,
    run(task, unit) {
      const selection = selectionOf(task.cdb);
      return selection.whole ? readSectors(task, unit, selection) : read(task, unit);
    },
  });
}

/** EXPECTED SECTOR TYPE: any, or Mode 1, which is what the track has. */
const sectorTypes = { any: 0, mode1: 2 } as const;

/** The parts of a Mode 1 sector by their bits in the CDB, in their order on the medium. */
const selectable = [
  { bit: 0x80, ...sectorParts.sync },
  { bit: 0x20, ...sectorParts.header },
  { bit: 0x10, ...sectorParts.userData },
  { bit: 0x08, ...sectorParts.correction },
] as const;

/** ERROR FLAGS: one bit for each byte that could not be corrected, or these with a byte that sums them up, and a pad. */
const errorFlagBytes = [0, 294, 296] as const;

/** What of each sector is wanted. */
interface Selection {
  /** First byte in the sector. */
  readonly from: number;
  /** The byte behind the last one. */
  readonly to: number;
  /** Bytes of error flags behind it. */
  readonly flags: number;
  /** More is wanted than the user data, or less. */
  readonly whole: boolean;
}

/** Throws INVALID FIELD IN CDB for parts that do not lie side by side, which no drive has to pick out. */
function selectionOf(cdb: Uint8Array): Selection {
  const parts = (cdb[readCdCdb.mainChannel.offset] as number) & 0xf8;
  const chosen = selectable.filter(({ bit }) => (parts & bit) !== 0);
  const flags = errorFlagBytes[readCdCdb.errorInformation.get(cdb)];
  const from = chosen[0]?.from ?? 0;
  const to = chosen.at(-1)?.to ?? 0;
  const bytes = chosen.reduce((sum, part) => sum + part.to - part.from, 0);
  if (flags === undefined || to - from !== bytes) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readCdCdb.mainChannel.offset } });
  }
  const userDataAlone = from === sectorParts.userData.from && to === sectorParts.userData.to && flags === 0;
  return { from, to, flags, whole: !userDataAlone };
}

/** The fields that follow the addresses lie where READ CD has them in both commands. */
function planSectors(task: ScsiTask, unit: LogicalUnit, lba: number, blocks: number): void {
  const sectorType = readCdCdb.sectorType.get(task.cdb);
  if (sectorType !== sectorTypes.any && sectorType !== sectorTypes.mode1) {
    throw new ScsiError(sense.illegalModeForThisTrack);
  }
  const { from, to, flags, whole } = selectionOf(task.cdb);
  if (readCdCdb.subChannel.get(task.cdb) !== 0) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readCdCdb.subChannel.offset, bit: 2 } });
  }
  // The sectors of a DVD have none of these parts.
  if (whole && to + flags > 0 && !isCd(unit)) throw new ScsiError(sense.illegalModeForThisTrack);
  if (lba < 0 || lba + blocks > unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
  const length = blocks * (to - from + flags);
  if (length > longestTransfer) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: readCdCdb.blocks.offset } });
  }
  const notes = notesOf(task);
  notes.at = lba * discBlockSize;
  notes.length = blocks * discBlockSize;
  task.transferLength = length;
}

/** Sends records, each what is wanted of a sector and the flags behind it: nothing here is ever damaged. */
async function readSectors(task: ScsiTask, unit: LogicalUnit, selection: Selection): Promise<void> {
  const notes = notesOf(task);
  const length = Math.min(task.transferLength, task.expectedDataIn);
  const records = new Records(unit, notes, selection);
  while (notes.moved < length && !task.aborted) {
    const window = task.window(length - notes.moved);
    if (window === undefined) await task.room();
    else {
      await records.fill(window);
      notes.moved += window.length;
    }
  }
}

/** One record after the other, into pieces of any size. */
class Records {
  readonly #unit: LogicalUnit;
  readonly #notes: CommandNotes;
  readonly #selection: Selection;
  readonly #sector: Uint8Array = new Uint8Array(sectorSize);
  readonly #record: Uint8Array;
  #lba: number;
  /** Bytes of the record that have been taken. */
  #taken: number;

  constructor(unit: LogicalUnit, notes: CommandNotes, selection: Selection) {
    this.#unit = unit;
    this.#notes = notes;
    this.#selection = selection;
    this.#record = new Uint8Array(selection.to - selection.from + selection.flags);
    this.#taken = this.#record.length;
    this.#lba = notes.at / discBlockSize;
  }

  async fill(window: Uint8Array): Promise<void> {
    for (let at = 0; at < window.length;) {
      if (this.#taken === this.#record.length) await this.#next();
      const bytes = Math.min(window.length - at, this.#record.length - this.#taken);
      window.set(this.#record.subarray(this.#taken, this.#taken + bytes), at);
      this.#taken += bytes;
      at += bytes;
    }
  }

  async #next(): Promise<void> {
    const { from, to } = this.#selection;
    const at = this.#lba * discBlockSize;
    // What cannot be read is looked for as far from `at` as has been moved, which is not counted in blocks here.
    this.#notes.at = at - this.#notes.moved;
    await readBytes(this.#unit.store, this.#sector.subarray(sectorParts.userData.from, sectorParts.userData.to), at);
    completeSector(this.#sector, this.#lba);
    this.#record.set(this.#sector.subarray(from, to));
    this.#taken = 0;
    this.#lba++;
  }
}
