/**
 * Refuses every change.
 *
 * @module
 */

import { ReadOnlyError } from "../errors.ts";
import type { BlockStore } from "../store.ts";
import { Filter } from "./filter.ts";

/** A store that can only be read: changes fail with {@link ReadOnlyError}. */
export class ReadOnlyStore extends Filter {
  /** Closing it closes `below`. */
  constructor(below: BlockStore) {
    super(below, { capabilities: { readOnly: true, volatileCache: false, unmap: false, atomicLength: 0 } });
  }

  override write(_from: Uint8Array, at: number): never {
    throw refused("write", at);
  }

  override writeAtomic(_from: Uint8Array, at: number): never {
    throw refused("write", at);
  }

  override unmap(at: number, _length: number): never {
    throw refused("unmap", at);
  }

  override zero(at: number, _length: number): never {
    throw refused("zero", at);
  }
}

function refused(verb: string, at: number): ReadOnlyError {
  return new ReadOnlyError(`Cannot ${verb} the store at byte ${at}: it is read-only`);
}
