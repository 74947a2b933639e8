/**
 * A PDU as one run of bytes: header, additional header segments, data, padding and digests (RFC 7143 §11.2).
 *
 * @module
 */

import { crc32c } from "../bytes/crc32c.ts";
import { writeU32 } from "../bytes/layout.ts";
import { BHS_LENGTH, DIGEST_LENGTH } from "../iscsi/constants.ts";
import { bhs, paddingOf } from "../iscsi/pdu/bhs.ts";

/** The digests that are in force. */
export interface FrameDigests {
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
}

/**
 * Puts a PDU together; its lengths and digests are written here. Everything is copied.
 *
 * @param parts `header` the basic header of 48 bytes; `ahs` additional header segments, padded; `data` the data segment
 */
export function frame(
  parts: { header: Uint8Array; ahs?: Uint8Array; data?: Uint8Array },
  digests: FrameDigests,
): Uint8Array<ArrayBuffer> {
  const ahsLength = parts.ahs?.length ?? 0;
  const dataLength = parts.data?.length ?? 0;
  const headerEnd = BHS_LENGTH + ahsLength;
  const dataStart = headerEnd + (digests.headerDigest ? DIGEST_LENGTH : 0);
  const dataEnd = dataStart + dataLength + paddingOf(dataLength);
  const withDataDigest = digests.dataDigest && dataLength > 0;
  const bytes = new Uint8Array(dataEnd + (withDataDigest ? DIGEST_LENGTH : 0));
  bytes.set(parts.header);
  bhs.totalAhsLength.set(bytes, ahsLength / 4);
  bhs.dataSegmentLength.set(bytes, dataLength);
  if (parts.ahs !== undefined) bytes.set(parts.ahs, BHS_LENGTH);
  if (digests.headerDigest) writeU32(bytes, headerEnd, crc32c(bytes, 0, headerEnd));
  if (parts.data !== undefined) bytes.set(parts.data, dataStart);
  if (withDataDigest) writeU32(bytes, dataEnd, crc32c(bytes, dataStart, dataEnd));
  return bytes;
}
