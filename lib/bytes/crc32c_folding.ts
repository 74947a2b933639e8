/**
 * CRC32C of long inputs, 16 bytes at a time, by WebAssembly's vector instructions.
 *
 * A message can be made shorter without its CRC becoming another: a block of 128 bytes is folded into the one behind it.
 * The block is taken as eight rows of 16 bytes. Rows 0, 2, 4 and 6 belong together, and 1, 3, 5 and 7: the four bytes of
 * a column in such rows are 32 bits, as many as a CRC has, and every CRC is that of exactly one such column. So a column
 * in this block is worth the same as some other value of the column in the next block, which is XORed to what stands
 * there. Which, is a linear matter: eight nibbles each give four bytes by a table of 16 bytes, and picking from such a
 * table is one instruction for all columns.
 *
 * (Rows 0 to 3 would not do: some of their columns have CRC 0 without being 0.)
 *
 * Long runs of blocks are first made short by another way, which takes half the time: the polynomial divides a sum of a
 * few powers of x, so a row is worth the same as the same row XORed to the five rows that are {@link LATER} behind it.
 * Row by row all of them are pushed out like this, until the rows at the end are left that have nothing behind them.
 *
 * @module
 */

import { crc32cRegister } from "./crc32c_table.ts";
import { block, branchIf, type Code, i32, i8x16, local, loop, moduleOf, v128 } from "./wasm.ts";

/** Bytes of a block. */
export const FOLDED = 128;

/** Where the data belong in the memory. Right before them is the block that all before them has been folded into. */
export const DATA = 4096;

/** Bytes of data that the memory has room for; a multiple of {@link FOLDED}. */
export const DATA_LENGTH = 65536;

/**
 * Rows behind a row that together are worth the same: of all five distances from a block up, those that end first. (Three
 * would span thousands of rows, and an even number is impossible because x + 1 divides the polynomial.)
 */
export const LATER = [65, 155, 170, 195, 209] as const;

/** The machine for it. */
export interface Folding {
  /** Tables, a block and data. */
  readonly memory: Uint8Array;
  /**
   * Folds the blocks from address `from`, which is {@link DATA} or one block before, to `to` into one and puts that right
   * before {@link DATA}. At least one block; they are used up.
   */
  readonly fold: (from: number, to: number) => void;
}

/**
 * Makes one; `undefined` where the runtime has no WebAssembly, or none with vectors.
 *
 * @param relaxed false leaves out instructions that not every runtime has
 */
export function makeFolding(relaxed = true): Folding | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const join = joining(relaxed ? i8x16.relaxedSwizzle : i8x16.swizzle);
  const source = moduleOf({ join, push: pushing() }, PAGES);
  if (!WebAssembly.validate(source)) return relaxed ? makeFolding(false) : undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(source));
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  memory.set(foldingTables());
  return { memory, fold: foldingBy(memory, exports as unknown as Steps) };
}

/** What WebAssembly does of it. */
interface Steps {
  /** Folds the blocks from `from` to `to` into the one right before {@link DATA}. */
  join(from: number, to: number): void;
  /** XORs to each row at `into` what the rows before it push there; they are looked at from `window` to `end`. */
  push(window: number, end: number, into: number): void;
}

function foldingBy(memory: Uint8Array, { join, push }: Steps): Folding["fold"] {
  return (from, to) => {
    if (to - from < LONG) return join(from, to);
    // No row comes before the first, and what is before the data otherwise is always zero.
    if (from === DATA) memory.fill(0, DATA - FOLDED, DATA);
    const last = to - WINDOW;
    push(from - WINDOW, last - WINDOW, from);
    memory.copyWithin(LAST_ROWS, last, to);
    memory.fill(0, last, to);
    push(last - WINDOW, to - WINDOW, LAST_ROWS);
    join(LAST_ROWS, LAST_ROWS + WINDOW);
  };
}

/** Bytes from which on pushing is worth what it costs before and behind. */
const LONG = 16384;
/** Bytes that a row is pushed over at most, as whole blocks: room for so many zeros is between the tables and the data. */
const WINDOW = 27 * FOLDED;
/** Where the last rows are put together. */
const LAST_ROWS = DATA + DATA_LENGTH;
const PAGES = 2;
const ROW = 16;
const ROWS = FOLDED / ROW;
/** Rows that belong together, and how many such there are in a block. */
const GROUP = 4;
const GROUPS = ROWS / GROUP;
const NIBBLES = 2 * GROUP;

const FROM = 0;
const TO = 1;
/** The first of the rows of the block. */
const BLOCK = 2;
const NIBBLE = BLOCK + ROWS;
const NEXT = NIBBLE + 1;
const LOW_BITS = NEXT + GROUP;

function joining(pick: Code): { parameters: number; vectors: number; body: readonly Code[] } {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const forward: Code = [...local.get(FROM), ...i32.constant(FOLDED), ...i32.add];
  const body = [
    ...[i32.constant(15), i8x16.splat, local.set(LOW_BITS)],
    ...rows.flatMap((row) => [local.get(FROM), v128.load(row * ROW), local.set(BLOCK + row)]),
    ...[forward, local.set(FROM)],
    block(
      ...[local.get(FROM), local.get(TO), i32.greaterOrEqualUnsigned, branchIf(0)],
      loop(
        ...Array.from({ length: GROUPS }, (_, group) => foldGroup(group, pick)).flat(),
        ...[forward, local.tee(FROM), local.get(TO), i32.lessUnsigned, branchIf(0)],
      ),
    ),
    ...rows.flatMap((row) => [i32.constant(0), local.get(BLOCK + row), v128.store(DATA - FOLDED + row * ROW)]),
  ];
  return { parameters: 2, vectors: LOW_BITS + 1 - BLOCK, body };
}

/** Rows of a block at a time; none of them is pushed to another. */
function pushing(): { parameters: number; vectors: number; body: readonly Code[] } {
  const [window, end, into] = [0, 1, 2];
  const rows = Array.from({ length: ROWS }, (_, row) => [
    ...[local.get(into), local.get(into), v128.load(row * ROW)],
    ...LATER.flatMap((later) => [local.get(window), v128.load(WINDOW - later * ROW + row * ROW), v128.xor]),
    v128.store(row * ROW),
  ]);
  const body = block(
    ...[local.get(window), local.get(end), i32.greaterOrEqualUnsigned, branchIf(0)],
    loop(
      ...rows.flat(),
      ...[local.get(into), i32.constant(FOLDED), i32.add, local.set(into)],
      ...[local.get(window), i32.constant(FOLDED), i32.add, local.tee(window)],
      ...[local.get(end), i32.lessUnsigned, branchIf(0)],
    ),
  );
  return { parameters: 3, vectors: 0, body: [body] };
}

/**
 * Rows of one group: what they are worth in the next block, XORed to what is there. Nibble by nibble, so that few values
 * live at a time: processors have 16 registers for them.
 */
function foldGroup(group: number, pick: Code): Code[] {
  const row = (k: number) => BLOCK + k * GROUPS + group;
  const code: Code[] = [];
  for (let k = 0; k < GROUP; k++) {
    code.push(local.get(FROM), v128.load((k * GROUPS + group) * ROW), local.set(NEXT + k));
  }
  for (let nibble = 0; nibble < NIBBLES; nibble++) {
    const half = (nibble & 1) === 0 ? [local.get(LOW_BITS), v128.and] : [i32.constant(4), i8x16.shiftRightUnsigned];
    code.push(local.get(row(nibble >> 1)), ...half, local.set(NIBBLE));
    for (let k = 0; k < GROUP; k++) {
      code.push(i32.constant(0), v128.load((nibble * GROUP + k) * ROW), local.get(NIBBLE), pick);
      code.push(local.get(NEXT + k), v128.xor, local.set(NEXT + k));
    }
  }
  for (let k = 0; k < GROUP; k++) code.push(local.get(NEXT + k), local.set(row(k)));
  return code;
}

/** Entry 16 (4 n + k) + x: byte k of what nibble n is worth in the next block when it is x. */
function foldingTables(): Uint8Array {
  const worth = bitsWorth();
  const tables = new Uint8Array(NIBBLES * GROUP * 16);
  for (let i = 0; i < tables.length; i++) {
    const nibble = i >>> 6;
    let value = 0;
    for (let bit = 0; bit < 4; bit++) {
      if ((i >>> bit & 1) !== 0) value ^= worth[nibble * 4 + bit] as number;
    }
    tables[i] = value >>> 8 * (i >>> 4 & 3);
  }
  return tables;
}

/** For every bit of a column, the value of the column in the next block that has the same CRC. */
function bitsWorth(): number[] {
  const rows: Equation[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const [crc, value] = reduced(rows, crcOfBit(bit, FOLDED), 1 << bit);
    if (crc === 0) throw new RangeError("Cannot fold blocks: a column has CRC 0 without being 0");
    rows.push({ lead: 31 - Math.clz32(crc), crc, value });
  }
  return Array.from({ length: 32 }, (_, bit) => reduced(rows, crcOfBit(bit, 2 * FOLDED), 0)[1]);
}

/** A column value, its CRC, and the highest bit of that. */
interface Equation {
  readonly lead: number;
  readonly crc: number;
  readonly value: number;
}

/** Adds equations until none takes a bit of the CRC away any more. */
function reduced(rows: readonly Equation[], crc: number, value: number): [crc: number, value: number] {
  for (let bit = 31; bit >= 0; bit--) {
    const row = (crc >>> bit & 1) === 0 ? undefined : rows.find(({ lead }) => lead === bit);
    if (row === undefined) continue;
    crc ^= row.crc;
    value ^= row.value;
  }
  return [crc, value];
}

/** The CRC of a message of that length that is 0 but for one bit in the first column of the first group. */
function crcOfBit(bit: number, length: number): number {
  const bytes = new Uint8Array(length);
  bytes[(bit >>> 3) * GROUPS * ROW] = 1 << (bit & 7);
  return crc32cRegister(0, bytes, 0, length);
}
