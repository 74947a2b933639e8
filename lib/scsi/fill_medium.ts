/**
 * Work on the whole medium, a piece after the other, with other work in between.
 *
 * Tested in tests/scsi/commands/sanitize_test.ts.
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";
import type { Operation } from "./operation.ts";

/** Bytes that are given back or zeroed at a time. */
const erasedAtOnce = 0x1000_0000;

/** Which part of the whole operation something is. */
export interface OperationPart {
  /** How far the operation is when it begins, 0 to 1. */
  readonly start: number;
  /** How far it brings the operation, 0 to 1. */
  readonly share: number;
}

const whole: OperationPart = { start: 0, share: 1 };

/** Writes `pattern`, whole blocks, over the medium from its first block on, again and again. */
export async function fillMedium(
  unit: LogicalUnit,
  operation: Operation,
  pattern: Uint8Array,
  part: OperationPart = whole,
): Promise<void> {
  await eachPiece(unit, operation, { ...part, atOnce: pattern.length }, (at, length) => {
    return unit.store.write(length === pattern.length ? pattern : pattern.subarray(0, length), at);
  });
  await unit.store.flush();
}

/** Gives all blocks back, or zeros them where they are always there. */
export async function unmapMedium(unit: LogicalUnit, operation: Operation): Promise<void> {
  const { store, thin } = unit;
  await eachPiece(unit, operation, { ...whole, atOnce: erasedAtOnce }, (at, length) => {
    return thin ? store.unmap(at, length) : store.zero(at, length);
  });
}

async function eachPiece(
  unit: LogicalUnit,
  operation: Operation,
  { start, share, atOnce }: OperationPart & { readonly atOnce: number },
  act: (at: number, length: number) => void | Promise<void>,
): Promise<void> {
  const size = unit.blocks * unit.blockSize;
  for (let at = 0; at < size; at += atOnce) {
    await act(at, Math.min(atOnce, size - at));
    operation.progress(start + share * Math.min(1, (at + atOnce) / size));
    await unit.breathe();
  }
}
