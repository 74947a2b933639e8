/**
 * Log parameters: the bytes behind the header of a log page.
 *
 * Tested in tests/scsi/commands/log_test.ts.
 *
 * @module
 */

import { bits, flag, layout, u16, u8, writeU64 } from "../bytes/layout.ts";

/** The header of a log parameter. */
export const logParameterHeader = layout("SPC-5", 4, {
  code: u16(0),
  targetSaveDisable: flag(2, 5),
  format: bits(2, 1, 0),
  length: u8(3),
});

/** FORMAT AND LINKING (SPC-5). */
export const logFormat = { bounded: 0, text: 1, unbounded: 2, binary: 3 } as const;

/** One parameter of a log page. */
export interface LogParameter {
  /** 0 to 65535. */
  readonly code: number;
  /** One of {@link logFormat}. */
  readonly format: number;
  /** Behind the header, at most 255 bytes. */
  readonly value: Uint8Array;
}

/** A counter of eight bytes. */
export function counter(code: number, value: number): LogParameter {
  return { code, format: logFormat.unbounded, value: numbers(value) };
}

/** A parameter with a layout of its own. */
export function binary(code: number, value: Uint8Array): LogParameter {
  return { code, format: logFormat.binary, value };
}

/** Numbers of eight bytes, one behind the other. */
export function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  values.forEach((value, i) => writeU64(bytes, 8 * i, Math.max(0, Math.round(value))));
  return bytes;
}

/** Parameters as they follow each other in a log page. Nothing is saved, so TSD is set. */
export function encodeParameters(parameters: readonly LogParameter[]): Uint8Array {
  const size = parameters.reduce((sum, { value }) => sum + logParameterHeader.size + value.length, 0);
  const data = new Uint8Array(size);
  let at = 0;
  for (const { code, format, value } of parameters) {
    logParameterHeader.encode({ code, targetSaveDisable: true, format, length: value.length }, data, at);
    data.set(value, at + logParameterHeader.size);
    at += logParameterHeader.size + value.length;
  }
  return data;
}
