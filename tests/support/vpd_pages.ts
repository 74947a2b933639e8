/**
 * VPD pages as initiators read them (SPC-5).
 *
 * @module
 */

import { readU16 } from "../../lib/bytes/layout.ts";
import { get } from "./asking.ts";
import type { Peer } from "./protocol_peer.ts";

/** A name of page 83h. */
export interface Designator {
  /** 0 for the unit, 1 for the port, 2 for the device. */
  readonly association: number;
  readonly type: number;
  readonly id: Uint8Array;
}

/** The pages that page 00h lists. */
export async function pagesListed(peer: Peer, lun = 0): Promise<number[]> {
  const data = await get(peer, "12 01 00 00 ff 00", 255, lun);
  return [...data.subarray(4, 4 + readU16(data, 2))];
}

/** All names of page 83h. */
export async function designators(peer: Peer, lun: number): Promise<Designator[]> {
  const data = await get(peer, "12 01 83 04 00 00", 1024, lun);
  const found: Designator[] = [];
  for (let at = 4; at < 4 + readU16(data, 2);) {
    const [, kind = 0, , length = 0] = data.subarray(at, at + 4);
    found.push({ association: kind >> 4 & 3, type: kind & 0xf, id: data.slice(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return found;
}
