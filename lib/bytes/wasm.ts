/**
 * As much of WebAssembly's binary format as a small function over a memory needs: instructions by their names, and the
 * module around them. What is in a module of ours can so be read here and nowhere else.
 *
 * Numbers are those of the WebAssembly core specification, release 3.0, chapter 5.
 *
 * @module
 */

/** Bytes of one or more instructions. */
export type Code = readonly number[];

/** Local variables, the parameters first. */
export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number): Code => [0x21, ...unsigned(index)],
  /** Sets it, and leaves the value where it was. */
  tee: (index: number): Code => [0x22, ...unsigned(index)],
} as const;

/** 32-bit integers. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  lessUnsigned: [0x49],
  greaterOrEqualUnsigned: [0x4f],
  add: [0x6a],
} as const;

/** 16 bytes as one value. The address comes from the stack; `offset` is added to it. */
export const v128 = {
  load: (offset: number): Code => [...simd(0x00), 4, ...unsigned(offset)],
  store: (offset: number): Code => [...simd(0x0b), 4, ...unsigned(offset)],
  and: simd(0x4e),
  xor: simd(0x51),
} as const;

/** 16 bytes as 16 numbers. */
export const i8x16 = {
  splat: simd(0x0f),
  shiftRightUnsigned: simd(0x6d),
  /** Bytes of the first value, picked by those of the second; 0 for a number of 16 and above. */
  swizzle: simd(0x0e),
  /** The same; a number of 16 and above picks anything, which saves processors an instruction. */
  relaxedSwizzle: simd(0x100),
} as const;

/** Instructions that are left by a branch to them. */
export function block(...body: readonly Code[]): Code {
  return [0x02, EMPTY, ...body.flat(), END];
}

/** Instructions that begin again by a branch to them. */
export function loop(...body: readonly Code[]): Code {
  return [0x03, EMPTY, ...body.flat(), END];
}

/** Branches when the value on the stack is not 0, to the block or loop that many levels out. */
export function branchIf(level: number): Code {
  return [0x0d, ...unsigned(level)];
}

/** A function of 32-bit integers without a result. */
export interface FunctionSource {
  readonly parameters: number;
  /** Variables of 16 bytes behind the parameters. */
  readonly vectors: number;
  readonly body: readonly Code[];
}

/** A module that exports functions by their names, and one memory of `pages` times 64 KiB as `memory`. */
export function moduleOf(functions: Readonly<Record<string, FunctionSource>>, pages: number): Uint8Array<ArrayBuffer> {
  const sources = Object.values(functions);
  const exports = Object.keys(functions).map((name, i) => exported(name, 0, i));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, sources.map(({ parameters }) => [0x60, parameters, ...new Array<number>(parameters).fill(I32), 0])),
    ...section(3, sources.map((_, i) => [i])),
    ...section(5, [[1, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, [...exports, exported("memory", 2, 0)]),
    ...section(10, sources.map(codeOf)),
  ]);
}

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY = 0x40;
const END = 0x0b;

function simd(instruction: number): Code {
  return [0xfd, ...unsigned(instruction)];
}

/** A section with a list of things. */
function section(id: number, things: readonly Code[]): Code {
  const content = [...unsigned(things.length), ...things.flat()];
  return [id, ...unsigned(content.length), ...content];
}

function codeOf({ vectors, body }: FunctionSource): Code {
  const code = [1, ...unsigned(vectors), V128, ...body.flat(), END];
  return [...unsigned(code.length), ...code];
}

function exported(name: string, kind: number, index: number): Code {
  return [name.length, ...new TextEncoder().encode(name), kind, index];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number that may be negative. */
function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [value & 0x7f | 0x80, ...signed(value >> 7)];
}
