/**
 * REPORT SUPPORTED OPERATION CODES, from the registry itself.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { reportOpcodesCdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** REPORTING OPTIONS (SPC-5 §6.34). */
const option = { all: 0, opcode: 1, serviceAction: 2, either: 3 } as const;

/** SUPPORT (SPC-5 §6.34). */
const support = { notSupported: 1, standard: 3 } as const;

const listHeader = layout("SPC-5 §6.34", 4, { length: u32(0) });

const descriptor = layout("SPC-5 §6.34", 8, {
  opcode: u8(0),
  serviceAction: u16(2),
  timeouts: flag(5, 1),
  serviceActionValid: flag(5, 0),
  cdbLength: u16(6),
});

const oneCommand = layout("SPC-5 §6.34", 4, { timeouts: flag(1, 7), support: bits(1, 2, 0), cdbLength: u16(2) });

/** Nominal and recommended times are zero: none are known in advance. */
const timeouts = layout("SPC-5 §6.34", 12, {
  length: u16(0),
  commandSpecific: u8(3),
  nominal: u32(4),
  recommended: u32(8),
});

/** Makes the command, which reports what `commandsOf` finds for a logical unit. */
export function reportOpcodesCommand(commandsOf: (unit: LogicalUnit) => readonly Command[]): Command {
  return command({
    name: "REPORT SUPPORTED OPERATION CODES",
    spec: "SPC-5 §6.34",
    usage: "a3 0c 87 ff ff ff ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "in",
    access: "free",
    run(task, unit) {
      const rows = commandsOf(unit);
      const all = reportOpcodesCdb.reportingOptions.get(task.cdb) === option.all;
      const withTimeouts = reportOpcodesCdb.returnTimeouts.get(task.cdb);
      const data = all ? encodeAll(rows, withTimeouts) : encodeOne(pick(task, rows), withTimeouts);
      answer(task, data, reportOpcodesCdb.allocationLength.get(task.cdb));
    },
  });
}

/** The row that is asked for, or `undefined` when the command is not supported. */
function pick({ cdb }: ScsiTask, rows: readonly Command[]): Command | undefined {
  const wanted = reportOpcodesCdb.reportingOptions.get(cdb);
  const opcode = reportOpcodesCdb.requestedOpcode.get(cdb);
  const serviceAction = reportOpcodesCdb.requestedServiceAction.get(cdb);
  if (wanted > option.either) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2, bit: 2 } });
  const family = rows.filter((row) => row.opcode === opcode);
  const first = family[0];
  if (first === undefined) return undefined;
  const plain = first.serviceAction === undefined;
  if (wanted === (plain ? option.serviceAction : option.opcode)) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2, bit: 2 } });
  }
  if (plain) return wanted === option.opcode || serviceAction === 0 ? first : undefined;
  return family.find((row) => row.serviceAction === serviceAction);
}

function encodeAll(rows: readonly Command[], withTimeouts: boolean): Uint8Array {
  const size = descriptor.size + (withTimeouts ? timeouts.size : 0);
  const data = new Uint8Array(listHeader.size + rows.length * size);
  listHeader.length.set(data, rows.length * size);
  let at = listHeader.size;
  for (const row of rows) {
    descriptor.encode(
      {
        opcode: row.opcode,
        serviceAction: row.serviceAction ?? 0,
        timeouts: withTimeouts,
        serviceActionValid: row.serviceAction !== undefined,
        cdbLength: row.length,
      },
      data,
      at,
    );
    if (withTimeouts) timeouts.length.set(data, timeouts.size - 2, at + descriptor.size);
    at += size;
  }
  return data;
}

function encodeOne(row: Command | undefined, withTimeouts: boolean): Uint8Array {
  if (row === undefined) return oneCommand.encode({ support: support.notSupported });
  const data = new Uint8Array(oneCommand.size + row.length + (withTimeouts ? timeouts.size : 0));
  oneCommand.encode({ timeouts: withTimeouts, support: support.standard, cdbLength: row.length }, data);
  data.set(row.usageData, oneCommand.size);
  if (withTimeouts) timeouts.length.set(data, timeouts.size - 2, oneCommand.size + row.length);
  return data;
}
