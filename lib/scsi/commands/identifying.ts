/**
 * REPORT IDENTIFYING INFORMATION and SET IDENTIFYING INFORMATION: names that an administrator gives a logical unit.
 *
 * @module
 */

import { decodeHex, encodeHex } from "../../bytes/encoding.ts";
import { bits, layout, u16 } from "../../bytes/layout.ts";
import { identifyingCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** A kind of identifying information (SPC-5 §6.31). */
interface Information {
  /** IDENTIFYING INFORMATION TYPE. */
  readonly type: number;
  /** Bytes that it may have. */
  readonly longest: number;
  /** Where the unit's memory keeps it. */
  readonly field: string;
}

const information: readonly Information[] = [
  { type: 0x00, longest: 512, field: "identifyingInformation" },
  { type: 0x02, longest: 256, field: "identifyingText" },
];

/** The type that asks which types there are. */
const supportedTypes = 0x7f;

const reportHeader = layout("SPC-5 §6.31", 4, { length: u16(2) });
const typeDescriptor = layout("SPC-5 §6.31", 4, { type: bits(0, 7, 1), longest: u16(2) });

/** The commands for identifying information; what cannot be kept over a restart cannot be set. */
export const identifyingCommands: readonly Command[] = [
  command({
    name: "REPORT IDENTIFYING INFORMATION",
    spec: "SPC-5 §6.31",
    usage: "a3 05 00 00 00 00 ff ff ff ff fe 00",
    hasServiceAction: true,
    data: "in",
    access: "free",
    run: report,
  }),
  command({
    name: "SET IDENTIFYING INFORMATION",
    spec: "SPC-5",
    usage: "a4 06 00 00 00 00 ff ff ff ff fe 00",
    hasServiceAction: true,
    data: "gather",
    access: "write",
    supported: ({ memory }) => memory !== undefined,
    plan(task) {
      const length = identifyingCdb.length.get(task.cdb);
      if (length > find(task).longest) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 6 } });
      task.transferLength = length;
    },
    run: (task, unit) => set(task, unit, encodeHex(task.data)),
    runWithoutData: (task, unit) => set(task, unit, undefined),
  }),
];

function report(task: ScsiTask, unit: LogicalUnit): void {
  const body = identifyingCdb.type.get(task.cdb) === supportedTypes ? describeTypes() : valueOf(find(task), unit);
  const data = new Uint8Array(reportHeader.size + body.length);
  reportHeader.length.set(data, body.length);
  data.set(body, reportHeader.size);
  answer(task, data, identifyingCdb.length.get(task.cdb));
}

async function set(task: ScsiTask, unit: LogicalUnit, value: string | undefined): Promise<void> {
  await unit.memory?.write(find(task).field, value);
  unit.raise(sense.deviceIdentifierChanged, task.nexus);
}

function valueOf({ field, longest }: Information, { memory }: LogicalUnit): Uint8Array {
  const kept = memory?.read(field);
  const value = typeof kept === "string" ? decodeHex(kept, { maxLength: longest }) : undefined;
  return value ?? new Uint8Array();
}

function describeTypes(): Uint8Array {
  const data = new Uint8Array(typeDescriptor.size * information.length);
  information.forEach(({ type, longest }, i) =>
    typeDescriptor.encode({ type, longest }, data, i * typeDescriptor.size)
  );
  return data;
}

function find({ cdb }: ScsiTask): Information {
  const type = identifyingCdb.type.get(cdb);
  const row = information.find((candidate) => candidate.type === type);
  if (row === undefined) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 10, bit: 7 } });
  return row;
}
