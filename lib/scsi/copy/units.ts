/**
 * Logical units by their names. A copy reaches only the units that the nexus which asks for it can see.
 *
 * Tested in tests/scsi/copy/segments_test.ts.
 *
 * @module
 */

import { association, designatorHeader, designators } from "../designators.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import type { Nexus } from "../nexus.ts";
import { identification } from "./formats.ts";

const pageHeader = 4;

/** The logical unit that an identification descriptor at `at` names, or `undefined`. */
export function unitByDesignator(data: Uint8Array, at: number, nexus: Nexus): LogicalUnit | undefined {
  const { codeSet, designatorType, designatorLength, association: of, designator } = identification.decode(data, at);
  // One that does not fit would name all units whose names begin alike.
  if (of !== association.logicalUnit || designatorLength === 0 || designatorLength > designator.length) {
    return undefined;
  }
  const wanted = designator.subarray(0, designatorLength);
  for (const lun of nexus.luns.numbers()) {
    const unit = nexus.luns.at(lun);
    if (unit !== undefined && hasDesignator(designators(unit, nexus), codeSet, designatorType, wanted)) {
      return unit;
    }
  }
  return undefined;
}

function hasDesignator(page: Uint8Array, codeSet: number, type: number, wanted: Uint8Array): boolean {
  for (let at = pageHeader; at < page.length;) {
    const header = designatorHeader.decode(page, at);
    const value = page.subarray(at + designatorHeader.size, at + designatorHeader.size + header.length);
    at += designatorHeader.size + header.length;
    if (header.association !== association.logicalUnit || header.type !== type || header.codeSet !== codeSet) continue;
    if (value.length === wanted.length && value.every((byte, i) => byte === wanted[i])) return true;
  }
  return false;
}
