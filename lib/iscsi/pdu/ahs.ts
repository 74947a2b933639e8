/**
 * Additional header segments (RFC 7143 §11.2.2): what is there between header and data, read without trusting a length.
 *
 * @module
 */

import { type Field, type Layout, layout, readU16, u16, u32, u8 } from "../../bytes/layout.ts";
import { ahsType, rejectReason } from "../constants.ts";
import { RejectError } from "../errors.ts";
import { paddingOf } from "./bhs.ts";

/** Longest CDB: 16 bytes in the header, 244 in an extended CDB segment (RFC 7143 §11.2.2.3, SPC-5). */
export const MAX_CDB_LENGTH = 260;

/** Fields of {@link ahs}. */
export type AhsFields = { ahsLength: Field<number>; ahsType: Field<number> };

/** What every segment starts with. AHSLength counts what follows AHSType, without padding (RFC 7143 §11.2.2.2). */
export const ahs: Layout<AhsFields> = layout("RFC 7143 §11.2.2", 3, { ahsLength: u16(0), ahsType: u8(2) });

/** Fields of {@link bidirectionalReadAhs}. */
export type BidirectionalReadAhsFields = AhsFields & { readDataLength: Field<number> };

/** The expected read length of a bidirectional command (RFC 7143 §11.2.2.4). */
export const bidirectionalReadAhs: Layout<BidirectionalReadAhsFields> = layout("RFC 7143 §11.2.2.4", 8, {
  ahsLength: u16(0),
  ahsType: u8(2),
  readDataLength: u32(4),
});

/** What the segments of a SCSI Command said; views of the walked bytes. */
export interface AhsContent {
  /** What the CDB has beyond its first 16 bytes. */
  extendedCdb: Uint8Array | undefined;
  /** Bytes that a bidirectional command expects from the target. */
  readDataLength: number | undefined;
}

/**
 * Walks all segments of a SCSI Command; `segments` is what TotalAHSLength spans, without digest. Kinds that are not
 * known are skipped.
 *
 * @throws {RejectError} a length that does not fit its kind or what is left, or a kind that is there twice.
 */
export function readAhs(segments: Uint8Array): AhsContent {
  const content: AhsContent = { extendedCdb: undefined, readDataLength: undefined };
  let at = 0;
  while (at < segments.length) {
    if (segments.length - at < 4) throw malformed("a segment is cut off");
    const length = readU16(segments, at);
    if (length === 0) throw malformed("AHSLength is 0");
    const end = at + ahs.size + length;
    if (end > segments.length) throw malformed(`AHSLength ${length} is more than is left`);
    readSegment(segments.subarray(at, end), content);
    at = end + paddingOf(end - at);
  }
  return content;
}

/** Writes an extended CDB segment, padded: `rest` is the CDB from byte 16 on, 1 to 244 bytes. */
export function extendedCdbAhs(rest: Uint8Array): Uint8Array {
  const length = 1 + rest.length;
  const segment = new Uint8Array(ahs.size + length + paddingOf(ahs.size + length));
  ahs.encode({ ahsLength: length, ahsType: ahsType.extendedCdb }, segment);
  segment.set(rest, ahs.size + 1);
  return segment;
}

function readSegment(segment: Uint8Array, content: AhsContent): void {
  const length = ahs.ahsLength.get(segment);
  switch (ahs.ahsType.get(segment)) {
    case ahsType.extendedCdb:
      if (length < 2 || length > MAX_CDB_LENGTH - 15) throw malformed(`AHSLength ${length} of an extended CDB`);
      if (content.extendedCdb !== undefined) throw malformed("two extended CDBs");
      content.extendedCdb = segment.subarray(ahs.size + 1);
      return;
    case ahsType.bidirectionalReadLength:
      if (length !== 5) throw malformed(`AHSLength ${length} of a bidirectional read length`);
      if (content.readDataLength !== undefined) throw malformed("two bidirectional read lengths");
      content.readDataLength = bidirectionalReadAhs.readDataLength.get(segment);
      return;
  }
}

function malformed(state: string): RejectError {
  return new RejectError(rejectReason.invalidPduField, `Cannot read additional header segments: ${state}`);
}
