/**
 * Zeros a range of a file without holes being punched.
 *
 * @module
 */

/** Where zeros are written. */
export interface ZeroTarget {
  read(into: Uint8Array, at: number): Promise<void>;
  write(from: Uint8Array, at: number): Promise<void>;
}

/** What to zero. */
export interface ZeroRange {
  readonly at: number;
  readonly length: number;
  /** Read first, and leave alone what is zero already: keeps a file with holes sparse. */
  readonly keepHoles: boolean;
}

const pieceLength = 1 << 18;
const zeros = new Uint8Array(pieceLength);

/** Makes the range read as zeros, a piece of 256 KiB after the other. */
export async function zeroRange(target: ZeroTarget, range: ZeroRange): Promise<void> {
  const { at, length, keepHoles } = range;
  const scratch = keepHoles ? new Uint8Array(Math.min(length, pieceLength)) : undefined;
  for (let done = 0; done < length; done += pieceLength) {
    const count = Math.min(length - done, pieceLength);
    if (scratch !== undefined) {
      const old = scratch.subarray(0, count);
      await target.read(old, at + done);
      if (isZero(old)) continue;
    }
    await target.write(zeros.subarray(0, count), at + done);
  }
}

/** Whether all bytes are zero. */
function isZero(bytes: Uint8Array): boolean {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  for (let i = words.length << 2; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
