/**
 * The registry: every command that this device server serves, found by operation code and service action.
 *
 * @module
 */

import { type Command, only, variableLengthCdb } from "./command.ts";
import { bufferCommands } from "./commands/buffer.ts";
import { cacheCommands } from "./commands/cache.ts";
import { capacityCommands } from "./commands/capacity.ts";
import { copyCommands } from "./commands/copy.ts";
import { copyResultsCommands } from "./commands/copy_results.ts";
import { diagnosticCommands } from "./commands/diagnostic.ts";
import { discCommands } from "./commands/disc.ts";
import { readFormatCapacitiesCommand } from "./commands/disc_capacity.ts";
import { discReadCommands } from "./commands/disc_read.ts";
import { discSpeedCommands } from "./commands/disc_speed.ts";
import { discStructureCommand } from "./commands/disc_structure.ts";
import { readSubChannelCommand } from "./commands/disc_sub_channel.ts";
import { driveCommands } from "./commands/drive.ts";
import { identifyingCommands } from "./commands/identifying.ts";
import { formatCommands } from "./commands/format.ts";
import { inquiryCommand } from "./commands/inquiry.ts";
import { lbaStatusCommands } from "./commands/lba_status.ts";
import { logCommands } from "./commands/log.ts";
import { mediaCommands } from "./commands/media.ts";
import { modeCommands } from "./commands/mode.ts";
import { modeSelectCommands } from "./commands/mode_select.ts";
import { orWriteCommands } from "./commands/orwrite.ts";
import { portGroupCommands } from "./commands/port_groups.ts";
import { persistentReserveInCommands } from "./commands/persistent_reserve_in.ts";
import { persistentReserveOutCommands } from "./commands/persistent_reserve_out.ts";
import { prefetchCommands } from "./commands/prefetch.ts";
import { provisioningCommands } from "./commands/provisioning.ts";
import { readCommands } from "./commands/read.ts";
import { reportLunsCommand } from "./commands/report_luns.ts";
import { reportOpcodesCommand } from "./commands/report_opcodes.ts";
import { reserveCommands } from "./commands/reserve.ts";
import { reportFunctionsCommand } from "./commands/report_tmfs.ts";
import { timestampCommands } from "./commands/timestamp.ts";
import { sanitizeCommands } from "./commands/sanitize.ts";
import { tokenCommands } from "./commands/token.ts";
import { uninterruptedCommands } from "./commands/uninterrupted.ts";
import { unitCommands } from "./commands/unit.ts";
import { verifyCommands } from "./commands/verify.ts";
import { writeAndVerifyCommands } from "./commands/write_and_verify.ts";
import { writeCommands } from "./commands/write.ts";
import { writeSameCommands } from "./commands/write_same.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { anyKind } from "./unit_kind.ts";

/** All rows, by operation code and service action, ascending. */
export const commands: readonly Command[] = [
  ...unitCommands,
  ...readCommands,
  ...only("disk", writeCommands),
  ...only("disk", verifyCommands),
  ...only("disk", writeAndVerifyCommands),
  ...only("disk", writeSameCommands),
  ...only("disk", uninterruptedCommands),
  ...only("disk", orWriteCommands),
  ...only("disk", provisioningCommands),
  ...only("disk", lbaStatusCommands),
  ...only("disk", prefetchCommands),
  ...only("disk", formatCommands),
  ...only("disk", sanitizeCommands),
  ...only("disk", cacheCommands),
  ...mediaCommands,
  ...modeCommands,
  ...modeSelectCommands,
  ...logCommands,
  ...diagnosticCommands,
  ...bufferCommands,
  ...identifyingCommands,
  ...timestampCommands,
  ...portGroupCommands,
  ...capacityCommands,
  ...discCommands,
  ...discReadCommands,
  ...discSpeedCommands,
  ...driveCommands,
  ...only("disk", copyCommands),
  ...only("disk", copyResultsCommands),
  ...only("disk", tokenCommands),
  ...reserveCommands,
  ...persistentReserveInCommands,
  ...persistentReserveOutCommands,
  discStructureCommand,
  readSubChannelCommand,
  readFormatCapacitiesCommand,
  inquiryCommand,
  reportLunsCommand,
  reportFunctionsCommand,
  reportOpcodesCommand(commandsOf),
].sort((a, b) => a.opcode - b.opcode || (a.serviceAction ?? 0) - (b.serviceAction ?? 0));

type Index = readonly (Command | readonly (Command | undefined)[] | undefined)[];

/**
 * For each of `kindBits`, one row for each operation code without service actions, else the rows by service action: what
 * is UNMAP to a disk is READ SUB-CHANNEL to a CD and DVD drive.
 */
const byKind: readonly Index[] = Array.from(
  { length: anyKind + 1 },
  (_, kinds) => indexed(commands.filter((row) => (row.kinds & kinds) !== 0)),
);
const variableLength = new Map(
  commands.filter(({ opcode }) => opcode === variableLengthCdb).map((row) => [row.serviceAction, row]),
);

/** The row of a command of the kind of units with this bit of `kindBits`. Data path: no allocation. */
export function find(opcode: number, serviceAction: number, kindBit: number): Command | undefined {
  if (opcode === variableLengthCdb) {
    const row = variableLength.get(serviceAction);
    return row !== undefined && (row.kinds & kindBit) !== 0 ? row : undefined;
  }
  const entry = (byKind[kindBit] as Index)[opcode];
  return Array.isArray(entry) ? entry[serviceAction] : entry as Command | undefined;
}

/** The commands that a logical unit serves. */
export function commandsOf(unit: LogicalUnit): readonly Command[] {
  return commands.filter((row) => (row.kinds & unit.kindBit) !== 0 && (row.supported?.(unit) ?? true));
}

/** Whether a logical unit serves any command with this operation code. */
export function knowsOpcode(opcode: number, unit: LogicalUnit): boolean {
  return commandsOf(unit).some((row) => row.opcode === opcode);
}

function indexed(rows: readonly Command[]): Index {
  const index: (Command | (Command | undefined)[] | undefined)[] = new Array(256).fill(undefined);
  for (const row of rows) {
    if (row.opcode === variableLengthCdb) continue;
    if (row.serviceAction === undefined) {
      index[row.opcode] = row;
      continue;
    }
    const list = index[row.opcode] ?? new Array<Command | undefined>(32).fill(undefined);
    if (Array.isArray(list)) list[row.serviceAction] = row;
    index[row.opcode] = list;
  }
  return index;
}
