/**
 * READ BUFFER (10) and (16), and WRITE BUFFER: a buffer of data, and echoes for each initiator.
 *
 * @module
 */

import { bits, flag, layout, u24, u8 } from "../../bytes/layout.ts";
import { readBuffer16Cdb, readBufferCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** MODE (SPC-5). */
const mode = { data: 0x02, descriptor: 0x03, echo: 0x0a, echoDescriptor: 0x0b } as const;

/** Bytes of the one buffer, and of the echo that each I_T nexus has. */
const bufferSize = 0x1_0000;
const echoSize = 4096;

const descriptorData = layout("SPC-5", 4, { offsetBoundary: u8(0), capacity: u24(1) });
/** Nobody else's WRITE BUFFER reaches an echo: EBOS may be set. */
const echoDescriptor = layout("SPC-5", 4, {
  overwrittenSupported: flag(0, 0),
  high: bits(2, 4, 0),
  low: u8(3),
});

interface Request {
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
}

/** The buffer commands. */
export const bufferCommands: readonly Command[] = [
  command({
    name: "WRITE BUFFER",
    spec: "SPC-5",
    usage: "3b 1f ff ff ff ff ff ff ff 00",
    data: "gather",
    access: "write",
    plan: planWrite,
    run: write,
  }),
  command({
    name: "READ BUFFER (10)",
    spec: "SPC-5",
    usage: "3c 1f ff ff ff ff ff ff ff 00",
    data: "in",
    access: "read",
    run: (task, unit) => read(task, unit, request(task, readBufferCdb)),
  }),
  command({
    name: "READ BUFFER (16)",
    spec: "SPC-5",
    usage: "9b 1f ff ff ff ff ff ff ff ff ff ff ff ff ff 00",
    data: "in",
    access: "read",
    run: (task, unit) => read(task, unit, request(task, readBuffer16Cdb)),
  }),
];

function request({ cdb }: ScsiTask, layout: typeof readBufferCdb | typeof readBuffer16Cdb): Request {
  return { buffer: layout.buffer.get(cdb), offset: layout.offset.get(cdb), length: layout.length.get(cdb) };
}

function read(task: ScsiTask, unit: LogicalUnit, { buffer, offset, length }: Request): void {
  switch (readBufferCdb.mode.get(task.cdb)) {
    case mode.data:
      checkBuffer(buffer, offset, 0);
      return answer(task, (unit.buffer ?? new Uint8Array(bufferSize)).subarray(offset), length);
    case mode.descriptor:
      return answer(task, descriptorData.encode({ capacity: buffer === 0 ? bufferSize : 0 }), length);
    case mode.echo: {
      const { echo } = unit.nexus(task.nexus);
      if (echo === undefined) throw new ScsiError(sense.commandSequenceError);
      return answer(task, echo, length);
    }
    case mode.echoDescriptor: {
      const capacity = { overwrittenSupported: true, high: echoSize >> 8, low: echoSize & 0xff };
      return answer(task, echoDescriptor.encode(capacity), length);
    }
    default:
      throw badMode();
  }
}

/** The CDBs of WRITE BUFFER and READ BUFFER (10) have the same fields. */
function planWrite(task: ScsiTask): void {
  const { buffer, offset, length } = request(task, readBufferCdb);
  switch (readBufferCdb.mode.get(task.cdb)) {
    case mode.data:
      checkBuffer(buffer, offset, length);
      break;
    case mode.echo:
      if (length > echoSize) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 6 } });
      break;
    default:
      throw badMode();
  }
  task.transferLength = length;
}

function write(task: ScsiTask, unit: LogicalUnit): void {
  if (readBufferCdb.mode.get(task.cdb) === mode.echo) unit.nexus(task.nexus).echo = task.data.slice();
  else (unit.buffer ??= new Uint8Array(bufferSize)).set(task.data, readBufferCdb.offset.get(task.cdb));
}

function checkBuffer(buffer: number, offset: number, length: number): void {
  if (buffer !== 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
  if (offset + length > bufferSize) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 3 } });
}

function badMode(): ScsiError {
  return new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 4 } });
}
