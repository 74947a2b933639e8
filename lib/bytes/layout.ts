/**
 * Wire formats as tables: a {@link layout} names the fields of a PDU, CDB, page or descriptor at the offsets that the
 * standard prints, and each field reads and writes itself. No other file does offset arithmetic.
 *
 * Data path: fields are compiled to closures when the module loads; get and set allocate nothing.
 *
 * @module
 */

/** A field of a wire format. `base` is where the structure starts in `bytes`. */
export interface Field<T> {
  /** First byte of the field, counted from the start of the structure. */
  readonly offset: number;
  /** Bytes that the field touches. */
  readonly length: number;
  /** Bits of the field's bytes that belong to it, most significant byte first; absent for whole bytes. */
  readonly mask?: number;
  get(bytes: Uint8Array, base?: number): T;
  set(bytes: Uint8Array, value: T, base?: number): void;
}

/** The fields of a layout by name. */
// deno-lint-ignore no-explicit-any -- a table holds fields of every type
export type Fields = Record<string, Field<any>>;

/** The values of a layout's fields. */
export type Values<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A wire format: its fields by name, where it is printed, and how long its fixed part is. */
export type Layout<F extends Fields> = F & {
  /** Where the standard prints it, for example `RFC 7143 §11.3`. */
  readonly spec: string;
  /** Bytes of the fixed part. */
  readonly size: number;
  /** The table itself, for tools and tests that walk it. */
  readonly fields: F;
  /** Reads every field. Not for the data path. */
  decode(bytes: Uint8Array, base?: number): Values<F>;
  /** Writes the fields that are given into `into` (fresh zeros by default) and returns it. Not for the data path. */
  encode(values: Partial<Values<F>>, into?: Uint8Array, base?: number): Uint8Array;
};

/**
 * Makes a layout from its table.
 *
 * @example
 * ```ts
 * import { flag, layout, u32, u8 } from "./layout.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const ping = layout("RFC 7143 §11.18", 8, { opcode: u8(0), final: flag(1, 7), initiatorTaskTag: u32(4) });
 * const bytes = ping.encode({ opcode: 0x40, final: true, initiatorTaskTag: 7 });
 * assertEquals(ping.initiatorTaskTag.get(bytes), 7);
 * ```
 */
export function layout<F extends Fields>(spec: string, size: number, fields: F): Layout<F> {
  const names = Object.keys(fields) as (keyof F & string)[];
  for (const name of names) {
    const field = fields[name] as Field<unknown>;
    if (field.offset + field.length > size) {
      throw new RangeError(`Cannot lay out ${spec}: field ${name} ends after byte ${size}`);
    }
  }
  return {
    ...fields,
    spec,
    size,
    fields,
    decode(bytes: Uint8Array, base = 0): Values<F> {
      const values: Record<string, unknown> = {};
      for (const name of names) values[name] = (fields[name] as Field<unknown>).get(bytes, base);
      return values as Values<F>;
    },
    encode(values: Partial<Values<F>>, into: Uint8Array = new Uint8Array(size), base = 0): Uint8Array {
      for (const name of names) {
        const value = values[name];
        if (value !== undefined) (fields[name] as Field<unknown>).set(into, value, base);
      }
      return into;
    },
  };
}

/** An unsigned byte. */
export function u8(offset: number): Field<number> {
  return {
    offset,
    length: 1,
    get: (b, base = 0) => b[base + offset] as number,
    set: (b, value, base = 0) => {
      b[base + offset] = value;
    },
  };
}

/** An unsigned big-endian number of two bytes. */
export function u16(offset: number): Field<number> {
  return {
    offset,
    length: 2,
    get: (b, base = 0) => readU16(b, base + offset),
    set: (b, value, base = 0) => writeU16(b, base + offset, value),
  };
}

/** An unsigned big-endian number of three bytes. */
export function u24(offset: number): Field<number> {
  return {
    offset,
    length: 3,
    get: (b, base = 0) => readU24(b, base + offset),
    set: (b, value, base = 0) => writeU24(b, base + offset, value),
  };
}

/** An unsigned big-endian number of four bytes. */
export function u32(offset: number): Field<number> {
  return {
    offset,
    length: 4,
    get: (b, base = 0) => readU32(b, base + offset),
    set: (b, value, base = 0) => writeU32(b, base + offset, value),
  };
}

/** An unsigned big-endian number of six bytes. */
export function u48(offset: number): Field<number> {
  return {
    offset,
    length: 6,
    get: (b, base = 0) => readU16(b, base + offset) * 0x1_0000_0000 + readU32(b, base + offset + 2),
    set: (b, value, base = 0) => {
      writeU16(b, base + offset, Math.floor(value / 0x1_0000_0000));
      writeU32(b, base + offset + 2, value);
    },
  };
}

/**
 * An unsigned big-endian number of eight bytes, as a double: exact up to 2^53, rounded (but still larger than anything
 * exact) above.
 */
export function u64(offset: number): Field<number> {
  return {
    offset,
    length: 8,
    get: (b, base = 0) => readU64(b, base + offset),
    set: (b, value, base = 0) => writeU64(b, base + offset, value),
  };
}

/** One bit: `bit` 7 is the most significant one of the byte. */
export function flag(offset: number, bit: number): Field<boolean> {
  const mask = 1 << bit;
  return {
    offset,
    length: 1,
    mask,
    get: (b, base = 0) => ((b[base + offset] as number) & mask) !== 0,
    set: (b, value, base = 0) => {
      const old = b[base + offset] as number;
      b[base + offset] = value ? old | mask : old & ~mask;
    },
  };
}

/** Bits `high` to `low` (7 to 0) of one byte, as a number. */
export function bits(offset: number, high: number, low: number): Field<number> {
  const mask = ((1 << (high - low + 1)) - 1) << low;
  return {
    offset,
    length: 1,
    mask,
    get: (b, base = 0) => ((b[base + offset] as number) & mask) >> low,
    set: (b, value, base = 0) => {
      b[base + offset] = ((b[base + offset] as number) & ~mask) | ((value << low) & mask);
    },
  };
}

/** A run of bytes: get is a view of it, set copies and fills the rest with zeros. */
export function bytes(offset: number, length: number): Field<Uint8Array> {
  return {
    offset,
    length,
    get: (b, base = 0) => b.subarray(base + offset, base + offset + length),
    set: (b, value, base = 0) => {
      const field = b.subarray(base + offset, base + offset + length);
      field.fill(0);
      field.set(value.subarray(0, length));
    },
  };
}

/** Left-aligned ASCII, filled with spaces (SPC-5 §4.3.1). Characters outside 20h to 7Eh become `?`. */
export function ascii(offset: number, length: number): Field<string> {
  return {
    offset,
    length,
    get: (b, base = 0) => {
      let text = "";
      for (let i = 0; i < length; i++) text += String.fromCharCode(b[base + offset + i] as number);
      return text.trimEnd();
    },
    set: (b, value, base = 0) => {
      for (let i = 0; i < length; i++) {
        const code = i < value.length ? value.charCodeAt(i) : 0x20;
        b[base + offset + i] = code >= 0x20 && code <= 0x7e ? code : 0x3f;
      }
    },
  };
}

/** Reads two bytes, big-endian. */
export function readU16(b: Uint8Array, at: number): number {
  return (b[at] as number) << 8 | (b[at + 1] as number);
}

/** Reads three bytes, big-endian. */
export function readU24(b: Uint8Array, at: number): number {
  return (b[at] as number) << 16 | (b[at + 1] as number) << 8 | (b[at + 2] as number);
}

/** Reads four bytes, big-endian, unsigned. */
export function readU32(b: Uint8Array, at: number): number {
  return ((b[at] as number) << 24 | (b[at + 1] as number) << 16 | (b[at + 2] as number) << 8 |
    (b[at + 3] as number)) >>>
    0;
}

/** Reads eight bytes, big-endian; see {@link u64} for numbers above 2^53. */
export function readU64(b: Uint8Array, at: number): number {
  return readU32(b, at) * 0x1_0000_0000 + readU32(b, at + 4);
}

/** Writes two bytes, big-endian. */
export function writeU16(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 8;
  b[at + 1] = value;
}

/** Writes three bytes, big-endian. */
export function writeU24(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 16;
  b[at + 1] = value >>> 8;
  b[at + 2] = value;
}

/** Writes four bytes, big-endian; the value is taken modulo 2^32. */
export function writeU32(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
}

/** Writes eight bytes, big-endian, of a number from 0 to 2^53. */
export function writeU64(b: Uint8Array, at: number, value: number): void {
  writeU32(b, at, Math.floor(value / 0x1_0000_0000));
  writeU32(b, at + 4, value);
}
