/**
 * Holds our side of the negotiation against what the standard and our buffers allow, before anybody is told of it.
 *
 * @module
 */

import { keys } from "./keys.ts";
import type { LocalParameters } from "./parameters.ts";

/** Values that we can keep are smaller than the standard's where our buffers end. In bytes. */
const reach: { readonly [K in keyof LocalParameters]?: number } = {
  maxRecvDataSegmentLength: 1048576,
  firstBurstLength: 262144,
};

/**
 * Checks the numbers of our side of the negotiation.
 *
 * @throws {RangeError} a value that is no whole number, that the standard forbids (RFC 7143 §13), or that we cannot keep:
 * data segments go up to 1 MiB, unsolicited data up to 256 KiB.
 */
export function checkLocalParameters(local: LocalParameters): void {
  for (const row of keys) {
    if (row.kind !== "min" && row.kind !== "max" && row.kind !== "declares") continue;
    const value = local[row.own];
    const most = Math.min(row.most, reach[row.own] ?? row.most);
    if (!Number.isInteger(value) || value < row.least || value > most) {
      throw new RangeError(
        `Cannot negotiate with ${row.own} ${value}: not a whole number from ${row.least} to ${most}`,
      );
    }
  }
}
