/**
 * The basic header segment: what every PDU has in common (RFC 7143 §11.2.1), and the field groups that its forms share.
 *
 * Data path: nothing here allocates.
 *
 * Tested in tests/iscsi/pdu/mod_test.ts.
 *
 * @module
 */

import { bits, bytes, type Field, flag, type Layout, layout, readU24, u24, u32, u8 } from "../../bytes/layout.ts";

/** Fields of every PDU. */
export type CommonFields = {
  /** Bits 5 to 0 of byte 0: one of `opcode`. */
  opcode: Field<number>;
  /** I: deliver at once, CmdSN is not used up. */
  immediate: Field<boolean>;
  /** F: the last PDU of a sequence; constant 1 where a PDU has no sequence. */
  final: Field<boolean>;
  /** Length of all additional header segments, in units of four bytes. */
  totalAhsLength: Field<number>;
  /** Bytes of the data segment without padding. */
  dataSegmentLength: Field<number>;
  initiatorTaskTag: Field<number>;
};

/** Numbers of a PDU that the target sends: StatSN and the command window. */
export type TargetNumbers = { statSn: Field<number>; expCmdSn: Field<number>; maxCmdSn: Field<number> };

/** Numbers of a request that takes a place in the command window. */
export type CommandNumbers = { cmdSn: Field<number>; expStatSn: Field<number> };

/** See {@link CommonFields}. */
export const common: CommonFields = {
  opcode: bits(0, 5, 0),
  immediate: flag(0, 6),
  final: flag(1, 7),
  totalAhsLength: u8(4),
  dataSegmentLength: u24(5),
  initiatorTaskTag: u32(16),
};

/** See {@link TargetNumbers}. */
export const targetNumbers: TargetNumbers = { statSn: u32(24), expCmdSn: u32(28), maxCmdSn: u32(32) };

/** See {@link CommandNumbers}. */
export const commandNumbers: CommandNumbers = { cmdSn: u32(24), expStatSn: u32(28) };

/** Fields of {@link bhs}. */
export type BhsFields = CommonFields & { lun: Field<Uint8Array> };

/** The common header. `lun` is not one in a login, where ISID and TSIH take its place (RFC 7143 §11.2.1). */
export const bhs: Layout<BhsFields> = layout("RFC 7143 §11.2.1", 48, { ...common, lun: bytes(8, 8) });

/** Bytes that fill a segment of `length` bytes up to a multiple of four (RFC 7143 §11.2). */
export function paddingOf(length: number): number {
  return -length & 3;
}

/** Bytes of the additional header segments that follow the header at `base`. */
export function ahsLengthOf(header: Uint8Array, base = 0): number {
  return (header[base + 4] as number) * 4;
}

/** Bytes of the data segment that the header at `base` announces, without padding. */
export function dataLengthOf(header: Uint8Array, base = 0): number {
  return readU24(header, base + 5);
}
