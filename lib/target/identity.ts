/**
 * The names of a logical unit, made from what is unique to it: the identity kept beside its image, or else the target's
 * name and the number of the unit.
 *
 * @module
 */

import type { LogicalUnitIdentity } from "../scsi/identity.ts";
import type { UnitKind } from "../scsi/logical_unit.ts";

/** What names are made from. */
export interface IdentitySource {
  /** 32 hexadecimal digits. */
  readonly id?: string | undefined;
  readonly targetName: string;
  readonly lun: number;
  readonly kind?: UnitKind | undefined;
  readonly serial?: string | undefined;
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly revision?: string | undefined;
}

/** Names that stay the same at every start and on every path, and that no other unit has. */
export function identityOf(source: IdentitySource): LogicalUnitIdentity {
  const id = source.id ?? fingerprint(`${source.targetName} ${source.lun}`);
  return {
    vendor: source.vendor ?? "LUNBOX",
    product: source.product ?? (source.kind === "cdrom" ? "Virtual DVD-ROM" : "Virtual Disk"),
    revision: source.revision ?? "0001",
    serial: source.serial ?? id,
    naa: locallyAssigned(id),
  };
}

/** NAA type 3h: locally assigned, 60 bits (SPC-5). */
function locallyAssigned(id: string): Uint8Array {
  const naa = new Uint8Array(8);
  for (let i = 0; i < 8; i++) naa[i] = parseInt(id.slice(i * 2, i * 2 + 2), 16);
  naa[0] = 0x30 | (naa[0] as number) & 0x0f;
  return naa;
}

/** 32 hexadecimal digits of a text: the 32-bit FNV-1a hash with four starting values, mixed. */
function fingerprint(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let digits = "";
  for (let round = 1; round <= 4; round++) {
    let hash = Math.imul(0x811c9dc5, round) >>> 0;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    hash = Math.imul(hash ^ hash >>> 15, 0x85ebca6b) >>> 0;
    hash = (hash ^ hash >>> 13) >>> 0;
    digits += hash.toString(16).padStart(8, "0");
  }
  return digits;
}
