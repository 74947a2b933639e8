/**
 * What a SCSI command is: one row, from which dispatch, validation, write protection, reservations and REPORT SUPPORTED
 * OPERATION CODES take what they need.
 *
 * @module
 */

import { readU16 } from "../bytes/layout.ts";
import { type Access, accessBits } from "./conflicts.ts";
import { trafficOf } from "./counters.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { ScsiTask } from "./task.ts";
import { anyKind, kindBits, type UnitKind } from "./unit_kind.ts";

export type { Access } from "./conflicts.ts";

/**
 * How data moves: not at all, to the initiator, or from it: `gather` wants all of it at once (parameter lists), `stream`
 * takes it piece by piece.
 */
export type DataFlow = "none" | "in" | "gather" | "stream";

/** How a pending unit attention meets a command (SAM-5 §5.14.2): `ignore` leaves it, `run` lets the command see it. */
export type AttentionPolicy = "report" | "ignore" | "run";

/** The columns of a command's row. */
export interface CommandColumns {
  /** The name that the standard prints, for example `READ (10)`. */
  readonly name: string;
  readonly spec: string;
  /**
   * CDB usage data as REPORT SUPPORTED OPERATION CODES wants it (SPC-5 §6.34), in hex: the operation code and service
   * action as they are, ones for the bits that are evaluated, zeros for the others. Its length is the CDB's.
   */
  readonly usage: string;
  /** The operation code has service actions, and this row is one of them. */
  readonly hasServiceAction?: boolean;
  readonly data: DataFlow;
  readonly access: Access;
  /** The access of commands in which it depends on the CDB. */
  accessOf?(cdb: Uint8Array): Access;
  /** Changes the medium: refused when it is write protected. */
  readonly writes?: boolean;
  /** Needs a medium that is loaded and started. */
  readonly needsMedium?: boolean;
  readonly attention?: AttentionPolicy;
  /** The only kind of units that has the command; absent for all. */
  readonly only?: UnitKind;
  /** Whether a logical unit serves the command; absent for all. */
  supported?(unit: LogicalUnit): boolean;
  /** Checks everything that can be known before data moves and sets `task.transferLength`. Throws `ScsiError`. */
  plan?(task: ScsiTask, unit: LogicalUnit): void;
  /** Does it; for commands with data from the initiator, once for each piece. Throws or rejects with `ScsiError`. */
  run(task: ScsiTask, unit: LogicalUnit): void | Promise<void>;
  /** Takes the place of `run` when a command with data from the initiator gets none; absent: nothing is to be done. */
  runWithoutData?(task: ScsiTask, unit: LogicalUnit): void | Promise<void>;
}

/** A command's row with what follows from its columns. */
export interface Command extends CommandColumns {
  readonly opcode: number;
  /** What must not be denied to the nexus for the command to run, whatever the CDB says (SPC-5 §5.14.1). */
  readonly accessBit: number;
  /** The kinds of units that have the command, as `kindBits`. */
  readonly kinds: number;
  /** 0 to 31, or 0 to 65535 in 32-byte CDBs. */
  readonly serviceAction: number | undefined;
  /** As what its data is counted: one of `traffic`. */
  readonly traffic: number;
  /** Bytes of the CDB. */
  readonly length: number;
  readonly usageData: Uint8Array;
  /** The bits of each CDB byte that must be zero. */
  readonly reserved: Uint8Array;
}

/** Operation code of the CDBs whose service action has two bytes (SPC-5). */
export const variableLengthCdb = 0x7f;

/** Makes a row. Throws a `TypeError` for usage data that is no hex. */
export function command(columns: CommandColumns): Command {
  const usageData = parseUsage(columns);
  const opcode = usageData[0] as number;
  const reserved = usageData.map((mask) => ~mask);
  reserved[0] = 0;
  const wide = opcode === variableLengthCdb;
  if (wide) reserved.fill(0, 7, 10);
  else if (columns.hasServiceAction) reserved[1] = (reserved[1] as number) & 0xe0;
  const narrow = columns.hasServiceAction ? (usageData[1] as number) & 0x1f : undefined;
  return {
    ...columns,
    opcode,
    accessBit: accessBits[columns.access],
    kinds: columns.only === undefined ? anyKind : kindBits[columns.only],
    serviceAction: wide ? readU16(usageData, 8) : narrow,
    traffic: trafficOf(columns.name),
    length: usageData.length,
    usageData,
    reserved,
  };
}

/** Rows that only one kind of units has. */
export function only(kind: UnitKind, rows: readonly Command[]): readonly Command[] {
  return rows.map((row) => ({ ...row, only: kind, kinds: kindBits[kind] }));
}

/** The place of the service action in a CDB. */
export function serviceActionOf(cdb: Uint8Array): number {
  return cdb[0] === variableLengthCdb ? readU16(cdb, 8) : (cdb[1] as number) & 0x1f;
}

/** Answers a Data-In command with `bytes`, cut to the CDB's allocation length. */
export function answer(task: ScsiTask, bytes: Uint8Array, allocationLength: number): void {
  const cut = allocationLength < bytes.length ? bytes.subarray(0, allocationLength) : bytes;
  task.transferLength = cut.length;
  task.respond(cut);
}

function parseUsage({ name, usage }: CommandColumns): Uint8Array {
  const pairs = usage.trim().split(/\s+/);
  const data = Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
  if (pairs.some((pair) => !/^[0-9a-f]{2}$/.test(pair))) {
    throw new TypeError(`Cannot read the usage of ${name}: ${usage}`);
  }
  return data;
}
