/**
 * `scsi-commands`: every SCSI command that is served, from the registry.
 *
 * @module
 */

import { commands } from "../../lib/scsi/commands.ts";
import { table } from "./table.ts";

const data = { none: "", in: "to the initiator", gather: "from the initiator", stream: "from the initiator" } as const;

/** The table of SCSI commands. */
export function scsiCommands(): string {
  return table(
    ["Command", "Code", "CDB", "Data", "Reference"],
    commands.map((row) => [
      row.name,
      row.serviceAction === undefined ? hex(row.opcode) : `${hex(row.opcode)}/${hex(row.serviceAction)}`,
      `${row.length} bytes`,
      data[row.data],
      row.spec,
    ]),
  );
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}
