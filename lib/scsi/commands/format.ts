/**
 * FORMAT UNIT and READ DEFECT DATA (10) and (12): a medium that has no defects becomes as new.
 *
 * @module
 */

import { bits, type Field, flag, layout, u16, u32 } from "../../bytes/layout.ts";
import { formatUnitCdb, readDefectData10Cdb, readDefectData12Cdb } from "../block_cdbs.ts";
import { scratchSize } from "../blocks.ts";
import { answer, type Command, command } from "../command.ts";
import { fillMedium, unmapMedium } from "../fill_medium.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { operationKinds, startOperation } from "../operation.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";
import { repeated } from "./write_same.ts";

const flags = {
  protectionUsage: bits(0, 2, 0),
  optionsValid: flag(1, 7),
  disablePrimary: flag(1, 6),
  disableCertification: flag(1, 5),
  stopFormat: flag(1, 4),
  initializationPattern: flag(1, 3),
  immed: flag(1, 1),
};

/** The short header of a FORMAT UNIT parameter list. */
export const formatHeader = layout("SBC-4 §5.4", 4, { ...flags, defectListLength: u16(2) });

/** The long header. */
export const longFormatHeader = layout("SBC-4 §5.4", 8, {
  ...flags,
  protectionInterval: bits(3, 3, 0),
  defectListLength: u32(4),
});

/** The initialization pattern descriptor; the pattern follows. */
export const patternDescriptor = layout("SBC-4 §5.4", 4, {
  securityInitialize: flag(0, 5),
  type: bits(1, 7, 0),
  length: u16(2),
});

/** INITIALIZATION PATTERN TYPE. */
const patternType = { default: 0, repeated: 1 } as const;

/** FORMAT UNIT has no length in its CDB: the initiator says how much it gives, and no list we understand is longer. */
const longestList = 0x1_0010;

const defects10 = layout("SBC-4 §5.22", 4, {
  primaryValid: flag(1, 4),
  grownValid: flag(1, 3),
  format: bits(1, 2, 0),
  length: u16(2),
});

const defects12 = layout("SBC-4 §5.23", 8, {
  primaryValid: flag(1, 4),
  grownValid: flag(1, 3),
  format: bits(1, 2, 0),
  generation: u16(2),
  length: u32(4),
});

/** The highest DEFECT LIST FORMAT that is not reserved or vendor specific (SBC-4). */
const highestFormat = 5;

/** Where a READ DEFECT DATA has its fields. */
interface DefectRequest {
  readonly primaryList: Field<boolean>;
  readonly grownList: Field<boolean>;
  readonly format: Field<number>;
  readonly allocationLength: Field<number>;
}

/** The commands of the medium's format and its defects. */
export const formatCommands: readonly Command[] = [
  command({
    name: "FORMAT UNIT",
    spec: "SBC-4 §5.4",
    // FMTPINFO is reserved: no protection information is kept.
    usage: "04 3f 00 00 00 00",
    data: "gather",
    access: "write",
    writes: true,
    needsMedium: true,
    plan(task) {
      if (!formatUnitCdb.formatData.get(task.cdb)) return;
      const { size } = headerOf(task);
      if (task.expectedDataOut < size || task.expectedDataOut > longestList) {
        throw new ScsiError(sense.parameterListLengthError);
      }
      task.transferLength = task.expectedDataOut;
    },
    run: (task, unit) => formatUnit(task, unit, readOptions(task, unit)),
    runWithoutData: (task, unit) => formatUnit(task, unit, { immediate: false, pattern: undefined }),
  }),
  defects("READ DEFECT DATA (10)", "SBC-4 §5.22", "37 00 1f 00 00 00 00 ff ff 00", readDefectData10Cdb, defects10),
  defects(
    "READ DEFECT DATA (12)",
    "SBC-4 §5.23",
    "b7 1f ff ff ff ff ff ff ff ff 00 00",
    readDefectData12Cdb,
    defects12,
  ),
];

/** What a parameter list asks for; without a pattern the blocks read as zeros. */
interface FormatOptions {
  readonly immediate: boolean;
  readonly pattern: Uint8Array | undefined;
}

function headerOf({ cdb }: ScsiTask): typeof formatHeader | typeof longFormatHeader {
  return formatUnitCdb.longList.get(cdb) ? longFormatHeader : formatHeader;
}

function readOptions(task: ScsiTask, unit: LogicalUnit): FormatOptions {
  const { data } = task;
  const header = headerOf(task);
  if (header.protectionUsage.get(data) !== 0) throw wrong(0);
  const { disablePrimary, disableCertification, stopFormat, initializationPattern } = header;
  // Options count only when FOV says that they are given; those on defects change nothing where there are none.
  const options = [disablePrimary, disableCertification, stopFormat, initializationPattern];
  if (!header.optionsValid.get(data) && options.some((option) => option.get(data))) throw wrong(1);
  if (header.defectListLength.get(data) !== 0) throw wrong(header.defectListLength.offset);
  const immediate = header.immed.get(data);
  const withPattern = initializationPattern.get(data);
  return { immediate, pattern: withPattern ? readPattern(data, header.size, unit) : undefined };
}

function readPattern(data: Uint8Array, at: number, { blockSize }: LogicalUnit): Uint8Array | undefined {
  if (data.length < at + patternDescriptor.size) throw new ScsiError(sense.parameterListLengthError);
  const { type, length } = patternDescriptor.decode(data, at);
  const start = at + patternDescriptor.size;
  if (type === patternType.default) {
    if (length !== 0) throw wrong(at + patternDescriptor.length.offset);
    return undefined;
  }
  if (type !== patternType.repeated) throw wrong(at + patternDescriptor.type.offset);
  if (length === 0 || length > blockSize || start + length > data.length) {
    throw wrong(at + patternDescriptor.length.offset);
  }
  const block = new Uint8Array(blockSize);
  for (let i = 0; i < block.length; i++) block[i] = data[start + i % length] as number;
  return block;
}

function wrong(byte: number): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte, inData: true } });
}

function formatUnit(task: ScsiTask, unit: LogicalUnit, { immediate, pattern }: FormatOptions): Promise<void> {
  return startOperation(task, unit, {
    kind: operationKinds.format,
    immediate,
    restricted: false,
    work: (operation) =>
      pattern === undefined
        ? unmapMedium(unit, operation)
        : fillMedium(unit, operation, repeated(pattern, scratchSize)),
  });
}

function defects(
  name: string,
  spec: string,
  usage: string,
  request: DefectRequest,
  header: typeof defects10 | typeof defects12,
): Command {
  return command({
    name,
    spec,
    usage,
    data: "in",
    access: "read",
    needsMedium: true,
    run(task) {
      const format = request.format.get(task.cdb);
      if (format > highestFormat) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: request.format.offset, bit: 2 } });
      }
      // Lists of a store have nothing in them, in whatever format.
      const data = header.encode({
        primaryValid: request.primaryList.get(task.cdb),
        grownValid: request.grownList.get(task.cdb),
        format,
      });
      answer(task, data, request.allocationLength.get(task.cdb));
    },
  });
}
