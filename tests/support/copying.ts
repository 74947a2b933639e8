/** Third-party copies as initiators ask for them, between the units of a {@link FakeDevice}. */

import {
  askedUnit,
  blockSegment,
  blockSegmentType,
  identification,
  identificationType,
  longListFormat,
  longListHeader,
  longListHeaderDescriptor,
  longStatus,
  populateList,
  rangeDescriptor,
  rodToken,
  rodTokenLength,
  rodType,
  shortListHeader,
  useList,
} from "../../lib/scsi/copy/formats.ts";
import { LogicalUnit, type LogicalUnitOptions } from "../../lib/scsi/logical_unit.ts";
import type { Nexus } from "../../lib/scsi/nexus.ts";
import type { BlockStore } from "../../lib/store/store.ts";
import { writeU32 } from "../../lib/bytes/layout.ts";
import { ArrayStore } from "./array_store.ts";
import { FakeDevice, fakeIdentity, type FakeResult, FakeTask, sendTo } from "./fake_task.ts";

/** Bytes of each unit: several pieces of a copy. */
export const unitSize = 0x10_0000;

/** A device whose LUN 0 is filled with 1, and LUN 1 with 2. */
export class CopyDevice extends FakeDevice {
  readonly other: LogicalUnit;
  readonly otherStore: ArrayStore;

  constructor(options: Partial<LogicalUnitOptions> = {}, otherOptions: Partial<LogicalUnitOptions> = {}) {
    super({ clock: () => 1_700_000_000_000, ...options, store: filled(1) });
    this.otherStore = filled(2);
    this.other = this.add(1, { store: this.otherStore, ...otherOptions });
  }

  /** Another unit, which the initiator has heard the unit attentions of. */
  add(lun: number, options: Partial<LogicalUnitOptions> & { readonly store: BlockStore }): LogicalUnit {
    const naa = Uint8Array.of(0x30, 9, 9, 9, 9, 9, 9, lun);
    const clock = (): number => 1_700_000_000_000;
    const unit = new LogicalUnit({ clock, identity: { ...fakeIdentity, serial: `unit ${lun}`, naa }, ...options });
    this.luns.units.set(lun, unit);
    while (unit.nexus(this.nexus).attentions.take() !== undefined);
    return unit;
  }

  /** Sends a command with a parameter list. */
  give(cdb: readonly number[], dataOut: Uint8Array, lun = 0, nexus: Nexus = this.nexus): Promise<FakeResult> {
    return sendTo(new FakeTask(nexus, lun, cdb, { dataOut }));
  }

  /** Sends any other command. */
  ask(cdb: readonly number[], lun = 0, nexus: Nexus = this.nexus): Promise<FakeResult> {
    return sendTo(new FakeTask(nexus, lun, cdb));
  }
}

/** A store that holds the same everywhere. */
export function filled(value: number, options: ConstructorParameters<typeof ArrayStore>[1] = {}): ArrayStore {
  const store = new ArrayStore(unitSize, { late: true, ...options });
  store.data.fill(value);
  return store;
}

/** An identification CSCD descriptor by the NAA designator. */
export function descriptorOf(
  { identity: { naa }, blockSize }: LogicalUnit,
  fields: Parameters<typeof identification.encode>[0] = {},
): Uint8Array {
  return identification.encode({
    type: identificationType,
    codeSet: 1,
    designatorType: 3,
    designatorLength: naa.length,
    designator: naa,
    blockLength: blockSize,
    ...fields,
  });
}

/** A block to block segment from the first descriptor's unit to the second's; 8 blocks from 0 to 0. */
export function segment(fields: Parameters<typeof blockSegment.encode>[0] = {}): Uint8Array {
  return blockSegment.encode({
    type: blockSegmentType,
    length: 24,
    source: 0,
    destination: 1,
    blocks: 8,
    ...fields,
  });
}

/** The parts of a parameter list. */
export interface ListParts {
  readonly descriptors: readonly Uint8Array[];
  readonly segments: readonly Uint8Array[];
  /** Fields of the header that are not as they should be. */
  readonly header?: Record<string, number | boolean>;
}

/** A parameter list of EXTENDED COPY (LID1), list identifier 7. */
export function shortList({ descriptors, segments, header = {} }: ListParts): Uint8Array {
  const lengths = { descriptorsLength: sum(descriptors), segmentsLength: sum(segments) };
  return joined([shortListHeader.encode({ listId: 7, ...lengths, ...header }), ...descriptors, ...segments]);
}

/** A parameter list of EXTENDED COPY (LID4), list identifier 7. */
export function longList({ descriptors, segments, header = {} }: ListParts): Uint8Array {
  const values = {
    format: longListFormat,
    headerDescriptorLength: longListHeaderDescriptor.length,
    headerDescriptorType: longListHeaderDescriptor.type,
    listId: 7,
    descriptorsLength: sum(descriptors),
    segmentsLength: sum(segments),
    ...header,
  };
  return joined([longListHeader.encode(values), ...descriptors, ...segments]);
}

/** CDB of a third-party copy command with a parameter list. */
export function outCdb(serviceAction: number, length: number, listId = 0): number[] {
  const cdb = new Uint8Array(16);
  cdb[0] = 0x83;
  cdb[1] = serviceAction;
  writeU32(cdb, 6, listId);
  writeU32(cdb, 10, length);
  return [...cdb];
}

/** CDB of COPY OPERATION ABORT. */
export function abortCdb(listId: number): number[] {
  return [0x83, 0x1c, 0, 0, 0, listId, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}

/** CDB of a command that asks about copies; the list identifier of LID1 has one byte. */
export function inCdb(serviceAction: number, listId = 0, allocation = 0x1_0000): number[] {
  const cdb = new Uint8Array(16);
  cdb[0] = 0x84;
  cdb[1] = serviceAction;
  if (serviceAction === 0x00 || serviceAction === 0x04) cdb[2] = listId;
  else writeU32(cdb, 2, listId);
  writeU32(cdb, 10, allocation);
  return [...cdb];
}

/** EXTENDED COPY (LID1) from LUN 0 to LUN 1. */
export function copy(device: CopyDevice, ...segments: Uint8Array[]): Promise<FakeResult> {
  const descriptors = [descriptorOf(device.unit), descriptorOf(device.other)];
  const list = shortList({ descriptors, segments });
  return device.give(outCdb(0, list.length), list, 1);
}

/** EXTENDED COPY (LID4) from LUN 0 to LUN 1, which is asked. */
export function longCopy(
  device: CopyDevice,
  header: Record<string, number | boolean>,
  ...segments: Uint8Array[]
): Promise<FakeResult> {
  const list = longList({ descriptors: [descriptorOf(device.unit)], segments, header });
  return device.give(outCdb(1, list.length), list, 1);
}

/** The same segment for {@link longCopy}. */
export function toAsked(fields: Parameters<typeof blockSegment.encode>[0] = {}): Uint8Array {
  return segment({ destination: askedUnit, ...fields });
}

/** A range: first block, blocks. */
export type Range = readonly [lba: number, blocks: number];

/** A parameter list of POPULATE TOKEN. */
export function populateParameters(
  ranges: readonly Range[],
  header: Record<string, number | boolean> = {},
): Uint8Array {
  return rangesBehind(populateList.encode({ ...lengths(populateList.size, ranges), ...header }), ranges);
}

/** A parameter list of WRITE USING TOKEN. */
export function useParameters(
  token: Uint8Array,
  ranges: readonly Range[],
  header: Record<string, number | boolean> = {},
): Uint8Array {
  return rangesBehind(useList.encode({ ...lengths(useList.size, ranges), token, ...header }), ranges);
}

/** POPULATE TOKEN of LUN 0, list identifier 9. */
export function populate(device: CopyDevice, ranges: readonly Range[], header = {}): Promise<FakeResult> {
  const list = populateParameters(ranges, header);
  return device.give(outCdb(0x10, list.length, 9), list);
}

/** WRITE USING TOKEN on LUN 1, list identifier 10. */
export function use(
  device: CopyDevice,
  token: Uint8Array,
  ranges: readonly Range[],
  header: Record<string, number | boolean> = {},
  lun = 1,
): Promise<FakeResult> {
  const list = useParameters(token, ranges, header);
  return device.give(outCdb(0x11, list.length, 10), list, lun);
}

/** The token that POPULATE TOKEN with a list identifier has made. */
export async function tokenOf(device: CopyDevice, listId = 9): Promise<Uint8Array> {
  const { data } = await device.ask(inCdb(0x07, listId));
  return data.slice(longStatus.size + (data[13] as number) + 6);
}

/** POPULATE TOKEN, and the token. */
export async function made(device: CopyDevice, ranges: readonly Range[], header = {}): Promise<Uint8Array> {
  await populate(device, ranges, header);
  return await tokenOf(device);
}

/** The token that stands for zeros. */
export function zeroToken(): Uint8Array {
  return rodToken.encode({ type: rodType.zero, length: rodTokenLength });
}

function lengths(header: number, ranges: readonly Range[]): { dataLength: number; rangesLength: number } {
  const rangesLength = ranges.length * rangeDescriptor.size;
  return { dataLength: header - 2 + rangesLength, rangesLength };
}

function rangesBehind(header: Uint8Array, ranges: readonly Range[]): Uint8Array {
  return joined([header, ...ranges.map(([lba, blocks]) => rangeDescriptor.encode({ lba, blocks }))]);
}

function sum(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(sum(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
