/**
 * Makes a store fail where and when one wants it to.
 *
 * @module
 */

import { MediumError, OutOfSpaceError, StoreError, type StoreErrorCode, StoreGoneError } from "../errors.ts";
import { ReadOnlyError, type StoreOperation } from "../errors.ts";
import type { BlockStore, Extent } from "../store.ts";
import { Filter } from "./filter.ts";

/** A rule by which a {@link FaultStore} fails. */
export interface Fault {
  /** What fails. */
  readonly operation: StoreOperation;
  /** The kind of failure; `medium` by default. */
  readonly code?: StoreErrorCode;
  /** First byte of the bad range; 0 by default. Flushes have no range. */
  readonly at?: number;
  /** Bytes of the bad range; all the rest by default. */
  readonly length?: number;
  /** How often it fails before it works again; always by default. */
  readonly times?: number;
}

/** Fails as told by its list of faults; a range that touches a bad one fails as a whole, and nothing of it is done. */
export class FaultStore extends Filter {
  #faults: { readonly fault: Fault; left: number }[] = [];

  /** Closing it closes `below`. */
  constructor(below: BlockStore, faults: readonly Fault[] = []) {
    super(below);
    for (const fault of faults) this.add(fault);
  }

  /** Adds a fault; the first one that matches an operation counts. */
  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Infinity });
  }

  /** Repairs everything. */
  clear(): void {
    this.#faults = [];
  }

  override read(into: Uint8Array, at: number): void | Promise<void> {
    this.#check("read", at, into.length);
    return super.read(into, at);
  }

  override write(from: Uint8Array, at: number): void | Promise<void> {
    this.#check("write", at, from.length);
    return super.write(from, at);
  }

  override writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    this.#check("write", at, from.length);
    return super.writeAtomic(from, at);
  }

  override flush(): void | Promise<void> {
    this.#check("flush", 0, Infinity);
    return super.flush();
  }

  override unmap(at: number, length: number): void | Promise<void> {
    this.#check("unmap", at, length);
    return super.unmap(at, length);
  }

  override zero(at: number, length: number): void | Promise<void> {
    this.#check("zero", at, length);
    return super.zero(at, length);
  }

  override extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]> {
    this.#check("extents", at, length);
    return super.extents(at, length);
  }

  #check(operation: StoreOperation, at: number, length: number): void {
    for (const entry of this.#faults) {
      const { fault } = entry;
      const start = fault.at ?? 0;
      const end = start + (fault.length ?? Infinity);
      if (fault.operation !== operation || entry.left === 0 || at >= end || at + length <= start) continue;
      entry.left--;
      throw failure(fault.code ?? "medium", operation, Math.max(at, start));
    }
  }
}

function failure(code: StoreErrorCode, operation: StoreOperation, at: number): StoreError {
  const message = `Cannot ${operation} the store at byte ${at}: a fault was asked for`;
  switch (code) {
    case "medium":
      return new MediumError(message, { at, operation });
    case "out-of-space":
      return new OutOfSpaceError(message);
    case "read-only":
      return new ReadOnlyError(message);
    case "gone":
      return new StoreGoneError(message);
    case "io":
      return new StoreError(message, "io");
  }
}
